/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;

/** Certifies servers, for tests alone. */
final class Authority {

	private static final String PASSWORD = "changeit";

	private static final String NAME = "authority";

	private final Program keytool = Program.ofJava("keytool");

	private final Path directory;

	/**
	 * Makes its key.
	 * @param directory where its files are
	 */
	Authority(Path directory) throws IOException, InterruptedException {
		this.directory = directory;
		makeKey(NAME, "-ext", "BC=ca:true");
	}

	private void makeKey(String name, String... options) throws IOException, InterruptedException {
		List<Object> command = new ArrayList<>(List.of("-genkeypair", "-keystore", store(), "-storepass", PASSWORD,
				"-storetype", "PKCS12", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-groupname",
				"secp256r1", "-sigalg", "SHA256withECDSA", "-validity", "2"));
		command.addAll(List.of(options));
		this.keytool.run(command.toArray());
	}

	private Path store() {
		return this.directory.resolve("authority.p12");
	}

	private KeyStore load() throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(store())) {
			store.load(in, PASSWORD.toCharArray());
		}
		return store;
	}

	/**
	 * Certifies a server.
	 * @param name a word to tell it from others
	 * @param subject whom the certificate names, {@code ip:} or {@code dns:}
	 * @return a file with its key and its chain of certificates, as PEM
	 */
	Path certify(String name, String subject) throws IOException, InterruptedException, GeneralSecurityException {
		makeKey(name, "-signer", NAME, "-ext", "SAN=" + subject);
		KeyStore store = load();
		StringBuilder pem = new StringBuilder();
		append(pem, "PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded());
		for (Certificate certificate : store.getCertificateChain(name)) {
			append(pem, "CERTIFICATE", certificate.getEncoded());
		}
		return Files.writeString(this.directory.resolve(name + ".pem"), pem);
	}

	private static void append(StringBuilder pem, String label, byte[] octets) {
		String text = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(octets);
		pem.append("-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, text, label));
	}

	/** Trust in it and in whom it certifies, and in nobody else. */
	TrustManagerFactory trust() throws IOException, GeneralSecurityException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry(NAME, load().getCertificate(NAME));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		return trust;
	}

}
