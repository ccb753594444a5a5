/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import io.mailio.SmtpServer;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class BundledTlsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.handlers.queue.maildir.enabled=false",
				"mailio.handlers.queue.discard.enabled=true")
		.withPropertyValues(bundle("mail", "mail.p12"))
		.withPropertyValues(bundle("other", "other.p12"));

	private static String[] bundle(String name, String file) {
		String prefix = "spring.ssl.bundle.jks." + name;
		return new String[] { prefix + ".keystore.location=classpath:" + file, prefix + ".keystore.password=changeit",
				prefix + ".keystore.type=PKCS12", prefix + ".truststore.location=classpath:" + file,
				prefix + ".truststore.password=changeit", prefix + ".truststore.type=PKCS12" };
	}

	@Test
	void shouldOfferStartTlsWithABundle() {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail").run((context) -> {
			SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
			int port = context.getBean(SmtpServer.class).port();
			assertThat(certificate(port, mail.createSslContext()).getSubjectX500Principal().getName())
				.contains("O=first");
		});
	}

	@Test
	void shouldUseTheNewKeysWhenTheBundleIsUpdated(CapturedOutput output) {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail").run((context) -> {
			SslBundle other = context.getBean(SslBundles.class).getBundle("other");
			context.getBean(SslBundleRegistry.class).updateBundle("mail", other);
			int port = context.getBean(SmtpServer.class).port();
			assertThat(certificate(port, other.createSslContext()).getSubjectX500Principal().getName())
				.contains("O=second");
			assertThat(output).containsPattern(
					"INFO.*The SSL bundle 'mail' was updated: new sessions use the certificate of .*O=second.*, valid until \\d{4}-");
		});
	}

	@Test
	void shouldNotOfferStartTlsWithoutABundle() {
		this.runner.run((context) -> {
			try (SmtpTestClient client = new SmtpTestClient(context.getBean(SmtpServer.class).port())) {
				client.reply();
				assertThat(client.send("EHLO me")).startsWith("250").doesNotContain("STARTTLS");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "mailio.ssl.bundle", "mailio.ssl.server-name-bundles[0].bundle", "mailio.listeners.mx.bundle" })
	void shouldSayWhichPropertyNamesABundleThatDoesNotExist(String property) {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.server-name-bundles[0].server-name=a.example",
					"mailio.ssl.server-name-bundles[0].bundle=mail", "mailio.listeners.mx.port=0", property + "=nope")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
					assertThat(failure.getName()).isEqualTo(property);
					assertThat(failure.getValue()).isEqualTo("nope");
					assertThat(failure.getReason()).contains("spring.ssl.bundle.pem", "name another one: mail, other");
				}));
	}

	@ParameterizedTest
	@CsvSource({ "mailio.ssl.bundle,mailio.ssl.bundle", "mailio.listeners.mx.bundle,mailio.listeners.mx.bundle",
			"mailio.ssl.server-name-bundles[0].bundle,mailio.ssl.server-name-bundles[0].bundle" })
	void shouldRefuseABundleWithoutAKey(String property, String setting) {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.server-name-bundles[0].server-name=a.example",
					"mailio.ssl.server-name-bundles[0].bundle=other", "mailio.listeners.mx.port=0", setting + "=nokey",
					"spring.ssl.bundle.jks.nokey.truststore.location=classpath:mail.p12",
					"spring.ssl.bundle.jks.nokey.truststore.password=changeit")
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).isEqualTo("The SSL bundle 'nokey', which '" + property
						+ "' names, cannot be used: There is no private key with a certificate.");
				assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.nokey");
			});
	}

	@Test
	void shouldRefuseTheKeyOfAnotherCertificate() throws Exception {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mixed",
					"spring.ssl.bundle.pem.mixed.keystore.certificate="
							+ pem("CERTIFICATE", certificate("mail").getEncoded()),
					"spring.ssl.bundle.pem.mixed.keystore.private-key=" + pem("PRIVATE KEY", key("other").getEncoded()))
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription()).contains("'mixed'",
					"'mailio.ssl.bundle'", "The private key is not the one of the certificate of ", "O=first"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void shouldSayWhatToDoForAFileThatIsNotThere(boolean reload) {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=gone", "spring.ssl.bundle.pem.gone.reload-on-update=" + reload,
					"spring.ssl.bundle.pem.gone.keystore.certificate=file:/nowhere/fullchain.pem",
					"spring.ssl.bundle.pem.gone.keystore.private-key=file:/nowhere/privkey.pem")
			.run((context) -> {
				MockEnvironment environment = new MockEnvironment().withProperty("mailio.ssl.bundle", "gone");
				FailureAnalysis analysis = reload
						? new SslBundleFailureAnalyzer(environment).analyze(context.getStartupFailure())
						: analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("The SSL bundle 'gone', which 'mailio.ssl.bundle' names",
						"/nowhere");
				assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.gone");
				assertThat(new SslBundleFailureAnalyzer(new MockEnvironment()).analyze(context.getStartupFailure()))
					.as("of a bundle of others")
					.isNull();
			});
	}

	@Test
	void shouldKeepTheKeysWhenOnlyTheCertificateWasReplacedYet(CapturedOutput output) {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail").run((context) -> {
			SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
			KeyStore mixed = KeyStore.getInstance("PKCS12");
			mixed.load(null, null);
			mixed.setKeyEntry("it", key("mail"), "changeit".toCharArray(), new Certificate[] { certificate("other") });
			context.getBean(SslBundleRegistry.class)
				.updateBundle("mail", SslBundle.of(SslStoreBundle.of(mixed, "changeit", null)));
			int port = context.getBean(SmtpServer.class).port();
			assertThat(certificate(port, mail.createSslContext(), "mx.example.com")).contains("O=first");
			assertThat(output).containsPattern("ERROR.*The SSL bundle 'mail' was updated, but cannot be used")
				.contains("The private key is not the one of the certificate of ")
				.doesNotContain("new sessions use");
		});
	}

	private static FailureAnalysis analyze(Throwable failure) {
		return new ServerConfigurationFailureAnalyzer().analyze(failure);
	}

	private static KeyStore store(String name) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = BundledTlsTests.class.getResourceAsStream("/" + name + ".p12")) {
			store.load(in, "changeit".toCharArray());
		}
		return store;
	}

	private static Certificate certificate(String name) throws Exception {
		KeyStore store = store(name);
		return store.getCertificate(store.aliases().nextElement());
	}

	private static Key key(String name) throws Exception {
		KeyStore store = store(name);
		return store.getKey(store.aliases().nextElement(), "changeit".toCharArray());
	}

	private static String pem(String what, byte[] encoded) {
		return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + what
				+ "-----\n";
	}

	@Test
	void shouldChooseTheBundleByServerNameAndFollowEachOfThem() {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.server-name-bundles[0].server-name=*.example.org",
					"mailio.ssl.server-name-bundles[0].bundle=other")
			.run((context) -> {
				SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
				SslBundle other = context.getBean(SslBundles.class).getBundle("other");
				int port = context.getBean(SmtpServer.class).port();
				assertThat(certificate(port, mail.createSslContext(), "mx.example.com")).contains("O=first");
				assertThat(certificate(port, other.createSslContext(), "mx.example.org")).contains("O=second");
				context.getBean(SslBundleRegistry.class).updateBundle("other", mail);
				assertThat(certificate(port, mail.createSslContext(), "mx.example.org")).contains("O=first");
				context.getBean(SslBundleRegistry.class).updateBundle("mail", other);
				assertThat(certificate(port, other.createSslContext(), "mx.example.com")).contains("O=second");
				assertThat(certificate(port, mail.createSslContext(), "mx.example.org")).contains("O=first");
			});
	}

	@Test
	void shouldAskClientsForCertificatesThatTheBundleTrusts() {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.client-auth=need").run((context) -> {
			SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
			int port = context.getBean(SmtpServer.class).port();
			assertThat(isServed(port, mail.createSslContext())).isTrue();
			assertThat(isServed(port, withoutKeys(mail))).isFalse();
		});
	}

	@Test
	void shouldAskTheClientsOfSomeListenersOnly() {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mail", "mailio.listeners.mx.port=0",
					"mailio.listeners.submission.port=0", "mailio.listeners.submission.client-auth=need")
			.run((context) -> {
				SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
				SmtpServer server = context.getBean(SmtpServer.class);
				assertThat(isServed(server.port("mx"), withoutKeys(mail))).isTrue();
				assertThat(isServed(server.port("submission"), withoutKeys(mail))).isFalse();
				assertThat(isServed(server.port("submission"), mail.createSslContext())).isTrue();
			});
	}

	@Test
	void shouldKeepTheKeysWhenAnUpdateCannotBeUsed() {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.client-auth=want").run((context) -> {
			SslBundle mail = context.getBean(SslBundles.class).getBundle("mail");
			SslBundle other = context.getBean(SslBundles.class).getBundle("other");
			context.getBean(SslBundleRegistry.class)
				.updateBundle("mail",
						SslBundle.of(SslStoreBundle.of(other.getStores().getKeyStore(), "changeit", null)));
			int port = context.getBean(SmtpServer.class).port();
			assertThat(certificate(port, mail.createSslContext(), "mx.example.com")).contains("O=first");
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"mailio.ssl.client-auth=want | mailio.ssl.bundle=keys-only | mailio.ssl.client-auth | no trust store",
			"mailio.ssl.client-auth=want | mailio.listeners.mx.bundle=keys-only | mailio.ssl.client-auth | no trust store",
			"mailio.listeners.mx.client-auth=want | mailio.listeners.mx.bundle=keys-only | mailio.listeners.mx.client-auth | no trust store",
			"mailio.ssl.client-auth=want | mailio.port=0 | ssl.clientAuth | needs mailio.ssl.bundle",
			"mailio.listeners.mx.client-auth=need | mailio.listeners.mx.port=0 | mailio.listeners.mx.client-auth | There is no TLS",
			"mailio.ssl.server-name-bundles[0].server-name=a.example | mailio.ssl.server-name-bundles[0].bundle=mail | serverNameBundles | need mailio.ssl.bundle" })
	void shouldFailWhenSomethingIsMissing(String first, String second, String property, String reason) {
		this.runner.withPropertyValues(first, second)
			.withPropertyValues(second.contains("mx.bundle") ? "mailio.listeners.mx.port=0" : "mailio.port=0")
			.withPropertyValues("spring.ssl.bundle.jks.keys-only.keystore.location=classpath:mail.p12",
					"spring.ssl.bundle.jks.keys-only.keystore.password=changeit")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining(property)
				.hasStackTraceContaining(reason));
	}

	@Test
	void shouldFailForWhatIsNoServerName() {
		this.runner
			.withPropertyValues("mailio.ssl.bundle=mail", "mailio.ssl.server-name-bundles[0].server-name=mx.*.com",
					"mailio.ssl.server-name-bundles[0].bundle=other")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("mailio.ssl.server-name-bundles[0].server-name")
				.hasMessageContaining("'mx.*.com' is not a server name"));
	}

	private static SSLContext withoutKeys(SslBundle bundle) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, bundle.getManagers().getTrustManagers(), null);
		return context;
	}

	private static boolean isServed(int port, SSLContext context) throws IOException {
		try (SmtpTestClient client = new SmtpTestClient(port)) {
			client.reply();
			client.send("EHLO me");
			client.send("STARTTLS");
			client.handshake(context);
			return client.send("NOOP").startsWith("250");
		}
		catch (SSLException | SocketException ex) {
			return false;
		}
	}

	private static String certificate(int port, SSLContext trusting, String serverName) throws IOException {
		try (SmtpTestClient client = new SmtpTestClient(port)) {
			client.reply();
			client.send("EHLO me");
			client.send("STARTTLS");
			return client.handshake(trusting, serverName).getSubjectX500Principal().getName();
		}
	}

	private static X509Certificate certificate(int port, SSLContext trusting) throws IOException {
		try (SmtpTestClient client = new SmtpTestClient(port)) {
			client.reply();
			assertThat(client.send("EHLO me")).contains("STARTTLS");
			assertThat(client.send("STARTTLS")).startsWith("220");
			return client.handshake(trusting);
		}
	}

}
