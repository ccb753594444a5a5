/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/** Certificates of an authority, made for the tests at hand. */
public enum TestCertificates {

	/** The authority. */
	AUTHORITY("CN=Authority", "-ext", "BC=ca:true"),

	/** Servers. */
	DEFAULT("CN=mx.example.com", "-signer", "authority", "-ext", "SAN=dns:mx.example.com"),
	FOO("CN=mx.foo.com", "-signer", "authority", "-ext", "SAN=dns:mx.foo.com"),
	WILDCARD("CN=*.foo.com", "-signer", "authority", "-ext", "SAN=dns:*.foo.com"),
	RSA("CN=mx.example.com", "-keyalg", "RSA", "-keysize", "2048"),

	/** Clients. */
	JOHN("CN=john, O=Client", "-signer", "authority"),
	EXPIRED("CN=late, O=Client", "-signer", "authority", "-startdate", "-30d"), STRANGER("CN=john, O=Client");

	private static final String PASSWORD = "changeit";

	private final List<String> options = new ArrayList<>();

	TestCertificates(String name, String... options) {
		this.options.addAll(List.of("-dname", name, "-validity", "10"));
		this.options.addAll(List.of(options));
	}

	private String alias() {
		return name().toLowerCase(java.util.Locale.ROOT);
	}

	/** The certificate with its key. */
	public KeyManagerFactory keys() {
		try {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(null, null);
			store.setKeyEntry(alias(), All.STORE.getKey(alias(), PASSWORD.toCharArray()), PASSWORD.toCharArray(),
					All.STORE.getCertificateChain(alias()));
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(store, PASSWORD.toCharArray());
			return keys;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Trust in this certificate, and in what it has signed. */
	public TrustManagerFactory trust() {
		try {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(null, null);
			store.setCertificateEntry(alias(), All.STORE.getCertificate(alias()));
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store);
			return trust;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A client that trusts the authority and shows a certificate, or none. */
	public static SSLContext client(@Nullable TestCertificates shown, String protocol) {
		try {
			SSLContext context = SSLContext.getInstance(protocol);
			context.init((shown != null) ? new KeyManager[] { new Shown(shown) } : null,
					AUTHORITY.trust().getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Shows one certificate, whoever is trusted. */
	private static final class Shown extends X509ExtendedKeyManager {

		private final X509ExtendedKeyManager keys;

		private final String alias;

		Shown(TestCertificates certificate) {
			this.keys = (X509ExtendedKeyManager) certificate.keys().getKeyManagers()[0];
			this.alias = certificate.alias();
		}

		@Override
		public String[] getClientAliases(String keyType, Principal[] issuers) {
			return new String[] { this.alias };
		}

		@Override
		public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
			return this.alias;
		}

		@Override
		public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
			return null;
		}

		@Override
		public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
			return null;
		}

		@Override
		public X509Certificate[] getCertificateChain(String alias) {
			return this.keys.getCertificateChain(alias);
		}

		@Override
		public PrivateKey getPrivateKey(String alias) {
			return this.keys.getPrivateKey(alias);
		}

	}

	/** All of them in one store, which the JDK's keytool makes once for all tests. */
	private static final class All {

		static final KeyStore STORE = make();

		private static KeyStore make() {
			try {
				Path directory = Files.createTempDirectory("mailio-certificates");
				Path file = directory.resolve("all.p12");
				for (TestCertificates certificate : TestCertificates.values()) {
					keytool(file, certificate);
				}
				KeyStore store = KeyStore.getInstance("PKCS12");
				try (InputStream in = Files.newInputStream(file)) {
					store.load(in, PASSWORD.toCharArray());
				}
				Files.delete(file);
				Files.delete(directory);
				return store;
			}
			catch (GeneralSecurityException | IOException ex) {
				throw new IllegalStateException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

		private static void keytool(Path store, TestCertificates certificate) throws IOException, InterruptedException {
			List<String> command = new ArrayList<>(List.of(
					Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keystore",
					store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12", "-alias", certificate.alias()));
			command.addAll(certificate.options);
			if (!certificate.options.contains("-keyalg")) {
				command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-sigalg", "SHA256withECDSA"));
			}
			Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
			String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
			if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
				throw new IllegalStateException("keytool: " + said);
			}
		}

	}

}
