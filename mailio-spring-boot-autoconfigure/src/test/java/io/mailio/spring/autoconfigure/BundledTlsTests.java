/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;

import io.mailio.SmtpServer;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

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
	void shouldUseTheNewKeysWhenTheBundleIsUpdated() {
		this.runner.withPropertyValues("mailio.ssl.bundle=mail").run((context) -> {
			SslBundle other = context.getBean(SslBundles.class).getBundle("other");
			context.getBean(SslBundleRegistry.class).updateBundle("mail", other);
			int port = context.getBean(SmtpServer.class).port();
			assertThat(certificate(port, other.createSslContext()).getSubjectX500Principal().getName())
				.contains("O=second");
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

	@Test
	void shouldFailForABundleThatDoesNotExist() {
		this.runner.withPropertyValues("mailio.ssl.bundle=nope")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(NoSuchSslBundleException.class));
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
