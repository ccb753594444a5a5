/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Keys that cannot work are found before a client finds them. */
class ServerKeysTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA", "RSASSA-PSS", "Ed25519", "Ed448" })
	void aKeyBelongsToItsCertificateOrIsRefused(String algorithm) throws Exception {
		KeyStore made = made(algorithm);
		Certificate certificate = made.getCertificate("it");
		PrivateKey right = (PrivateKey) made.getKey("it", PASSWORD);
		PrivateKey another = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
		for (String manager : new String[] { "SunX509", "NewSunX509" }) {
			assertThat(ServerKeys.check(keys(manager, right, certificate)))
				.containsExactly((java.security.cert.X509Certificate) certificate);
			assertThatExceptionOfType(TlsKeysException.class)
				.isThrownBy(() -> Tls.builder(keys(manager, another, certificate)))
				.withMessage("The private key is not the one of the certificate of CN=" + algorithm);
		}
	}

	@Test
	void aKeyOfAnotherKindIsRefused() throws Exception {
		Certificate certificate = made("EC").getCertificate("it");
		PrivateKey another = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
		assertThatExceptionOfType(TlsKeysException.class)
			.isThrownBy(() -> Tls.of(keys("SunX509", another, certificate)))
			.withMessageContaining("CN=EC");
	}

	@Test
	void certificatesWithoutAKeyAreRefused() throws Exception {
		KeyStore trustOnly = empty();
		trustOnly.setCertificateEntry("it", made("EC").getCertificate("it"));
		for (String manager : new String[] { "SunX509", "NewSunX509" }) {
			KeyManagerFactory keys = keys(manager, trustOnly);
			assertThatExceptionOfType(TlsKeysException.class).isThrownBy(() -> Tls.of(keys))
				.withMessage("There is no private key with a certificate");
			assertThatExceptionOfType(TlsKeysException.class)
				.isThrownBy(() -> Tls.builder(TestCertificates.DEFAULT.keys()).forServerName("mx.foo.com", keys));
		}
	}

	@Test
	void keysThatAreNotThereYetAreRefused() throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
		assertThatExceptionOfType(TlsKeysException.class).isThrownBy(() -> Tls.of(keys))
			.withMessageStartingWith("The keys cannot be read: ");
	}

	@Test
	void theCertificatesAreToldAndThoseThatHaveExpiredWarnedOf() {
		try (LogWatch log = LogWatch.of("io.mailio", Level.WARN)) {
			Tls tls = Tls.builder(TestCertificates.DEFAULT.keys())
				.forServerName("mx.foo.com", TestCertificates.EXPIRED.keys())
				.build();
			assertThat(tls.certificates()).extracting((one) -> one.getSubjectX500Principal().toString())
				.containsExactly("CN=mx.example.com", "CN=late, O=Client");
			assertThat(log.lines()).singleElement()
				.asString()
				.contains("The certificate of CN=late, O=Client has expired on ");
		}
	}

	private KeyStore made(String algorithm) throws Exception {
		Path file = this.directory.resolve(algorithm + ".p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-keystore", file.toString(), "-storepass", "changeit", "-storetype", "PKCS12",
				"-keyalg", algorithm, "-alias", "it", "-dname", "CN=" + algorithm)
			.redirectErrorStream(true)
			.start();
		String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
		assertThat(keytool.waitFor(1, TimeUnit.MINUTES) && keytool.exitValue() == 0).as(said).isTrue();
		KeyStore store = empty();
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD);
		}
		return store;
	}

	private static KeyStore empty() throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		return store;
	}

	private static KeyManagerFactory keys(String manager, PrivateKey key, Certificate certificate) throws Exception {
		KeyStore store = empty();
		store.setKeyEntry("it", key, PASSWORD, new Certificate[] { certificate });
		return keys(manager, store);
	}

	private static KeyManagerFactory keys(String manager, KeyStore store) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(manager);
		keys.init(store, PASSWORD);
		return keys;
	}

}
