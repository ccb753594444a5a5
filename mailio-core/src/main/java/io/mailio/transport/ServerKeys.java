/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether keys can work before a client does: there must be one with a certificate,
 * and each private key must be the one of its certificate. TLS itself finds out in every
 * handshake anew.
 */
final class ServerKeys {

	/** Those of certificates for TLS 1.2 and 1.3 (RFC 8446 section 4.2.3). */
	private static final List<String> TYPES = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA");

	private static final byte[] OCTETS = new byte[32];

	private ServerKeys() {
	}

	/**
	 * Checks keys.
	 * @return the certificates of the server that come with them, at least one
	 * @throws TlsKeysException if they cannot work
	 */
	static Set<X509Certificate> check(KeyManagerFactory factory) {
		Set<X509Certificate> certificates = new LinkedHashSet<>();
		try {
			for (KeyManager manager : factory.getKeyManagers()) {
				if (manager instanceof X509KeyManager keys) {
					for (String alias : aliases(keys)) {
						certificates.add(check(keys.getCertificateChain(alias), keys.getPrivateKey(alias)));
					}
				}
			}
		}
		catch (GeneralSecurityException | IllegalStateException ex) {
			throw new TlsKeysException("The keys cannot be read: " + ex.getMessage(), ex);
		}
		if (certificates.isEmpty()) {
			throw new TlsKeysException("There is no private key with a certificate", null);
		}
		return certificates;
	}

	/** All there are, and those that would be chosen: a manager may have its own mind. */
	private static Set<String> aliases(X509KeyManager keys) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[0], null);
		SSLEngine engine = context.createSSLEngine();
		Set<String> aliases = new LinkedHashSet<>();
		for (String type : TYPES) {
			String chosen = (keys instanceof X509ExtendedKeyManager extended)
					? extended.chooseEngineServerAlias(type, null, engine) : keys.chooseServerAlias(type, null, null);
			if (chosen != null) {
				aliases.add(chosen);
			}
			String[] all = keys.getServerAliases(type, null);
			if (all != null) {
				Collections.addAll(aliases, all);
			}
		}
		return aliases;
	}

	private static X509Certificate check(X509Certificate @Nullable [] chain, @Nullable PrivateKey key) {
		if (chain == null || chain.length == 0 || key == null) {
			throw new TlsKeysException("There is no private key with a certificate", null);
		}
		if (!isPair(key, chain[0].getPublicKey())) {
			throw new TlsKeysException(
					"The private key is not the one of the certificate of " + chain[0].getSubjectX500Principal(), null);
		}
		return chain[0];
	}

	/** Keys of a security module cannot be compared, but they can sign. */
	private static boolean isPair(PrivateKey key, PublicKey certified) {
		try {
			Signature signature = signature(certified);
			signature.initSign(key);
			signature.update(OCTETS);
			byte[] signed = signature.sign();
			// Another one: the first may be bound to the provider of the private key.
			Signature verification = signature(certified);
			verification.initVerify(certified);
			verification.update(OCTETS);
			return verification.verify(signed);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static Signature signature(PublicKey certified) throws GeneralSecurityException {
		String type = certified.getAlgorithm();
		Signature signature = Signature.getInstance(switch (type) {
			case "RSA" -> "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			default -> type;
		});
		if (type.equals("RSASSA-PSS")) {
			AlgorithmParameterSpec own = ((RSAKey) certified).getParams();
			signature.setParameter(
					(own != null) ? own : new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
		}
		return signature;
	}

}
