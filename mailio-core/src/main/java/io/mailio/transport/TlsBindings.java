/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.mailio.session.ChannelBindings;
import io.mailio.session.TlsInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be told of an established TLS session. The exporter is there from Java 25 on
 * with the JDK's engine and TLS 1.3; the hash of our certificate wherever its signature
 * has one hash function (RFC 5929 section 4.1), which is not so for EdDSA.
 *
 * @param session the session
 */
record TlsBindings(SSLSession session) implements ChannelBindings {

	private static final Logger logger = LoggerFactory.getLogger(TlsBindings.class);

	private static final @Nullable MethodHandle EXPORTER = exporter();

	private static final String LABEL = "EXPORTER-Channel-Binding";

	private static final int LENGTH = 32;

	static TlsInfo info(SSLSession session) {
		return new TlsInfo(session.getProtocol(), session.getCipherSuite(), clientSubject(session),
				new TlsBindings(session));
	}

	private static @Nullable Principal clientSubject(SSLSession session) {
		try {
			return session.getPeerPrincipal();
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	private static @Nullable MethodHandle exporter() {
		try {
			return MethodHandles.publicLookup()
				.findVirtual(ExtendedSSLSession.class, "exportKeyingMaterialData",
						MethodType.methodType(byte[].class, String.class, byte[].class, int.class));
		}
		catch (NoSuchMethodException | IllegalAccessException ex) {
			return null;
		}
	}

	@Override
	public byte @Nullable [] get(String type) {
		return switch (type) {
			case TLS_EXPORTER -> exported();
			case TLS_SERVER_END_POINT -> certificateHash();
			default -> null;
		};
	}

	/**
	 * RFC 9266; with TLS 1.3 only, because before that it needs an extended master
	 * secret.
	 */
	private byte @Nullable [] exported() {
		if (EXPORTER == null || !(this.session instanceof ExtendedSSLSession extended)
				|| !this.session.getProtocol().equals("TLSv1.3")) {
			return null;
		}
		try {
			return (byte[]) EXPORTER.invokeExact(extended, LABEL, new byte[0], LENGTH);
		}
		catch (Throwable ex) {
			logger.debug("This TLS engine exports no keys: {}", String.valueOf(ex));
			return null;
		}
	}

	private byte @Nullable [] certificateHash() {
		Certificate[] certificates = this.session.getLocalCertificates();
		if (certificates == null || certificates.length == 0
				|| !(certificates[0] instanceof X509Certificate certificate)) {
			return null;
		}
		try {
			String hash = hashOf(certificate);
			return (hash != null) ? MessageDigest.getInstance(hash).digest(certificate.getEncoded()) : null;
		}
		catch (GeneralSecurityException ex) {
			logger.debug("The certificate cannot be hashed: {}", String.valueOf(ex));
			return null;
		}
	}

	private static @Nullable String hashOf(X509Certificate certificate) throws GeneralSecurityException {
		String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
		if (signature.equals("RSASSA-PSS")) {
			AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
			try {
				parameters.init(certificate.getSigAlgParams());
			}
			catch (java.io.IOException ex) {
				throw new GeneralSecurityException(ex);
			}
			return strong(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
		}
		int with = signature.indexOf("WITH");
		return (with > 0) ? strong(signature.substring(0, with)) : null;
	}

	/** {@code SHA256} by its standard name; SHA-256 in place of what is too weak. */
	private static String strong(String hash) {
		return switch (hash) {
			case "MD5", "SHA1", "SHA-1" -> "SHA-256";
			default -> hash.startsWith("SHA") && !hash.startsWith("SHA-") && !hash.startsWith("SHA3")
					? "SHA-" + hash.substring(3) : hash;
		};
	}

	/** The session's keys stay out of the logs. */
	@Override
	public String toString() {
		return "channel bindings";
	}

}
