/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;

import javax.net.ssl.SSLSocket;

import io.mailio.ListenerConfigurationException;
import io.mailio.SmtpServer;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code mailio.listeners}. */
class ListenersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("mailio.hostname=mx.example.com", "mailio.handlers.queue.maildir.enabled=false",
				"mailio.handlers.queue.discard.enabled=true", "mailio.auth.users.john.password=doe")
		.withPropertyValues(bundle("mail", "mail.p12"))
		.withPropertyValues(bundle("other", "other.p12"))
		.withPropertyValues(listener("mx", "auth=none", "limits.message-size=1MB"))
		.withPropertyValues(listener("submission", "auth=required", "tls=starttls"))
		.withPropertyValues(listener("submissions", "auth=required", "tls=implicit", "bundle=other"))
		.withPropertyValues(listener("local", "protocol=lmtp", "tls=none", "proxy-protocol=127.0.0.1"))
		.withPropertyValues("mailio.ssl.bundle=mail", "mailio.limits.max-recipients=7");

	private static String[] listener(String name, String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "mailio.listeners." + name + ".port=0";
		all[1] = "mailio.listeners." + name + ".address=127.0.0.1";
		for (int i = 0; i < properties.length; i++) {
			all[i + 2] = "mailio.listeners." + name + "." + properties[i];
		}
		return all;
	}

	private static String[] bundle(String name, String file) {
		String prefix = "spring.ssl.bundle.jks." + name;
		return new String[] { prefix + ".keystore.location=classpath:" + file, prefix + ".keystore.password=changeit",
				prefix + ".keystore.type=PKCS12", prefix + ".truststore.location=classpath:" + file,
				prefix + ".truststore.password=changeit", prefix + ".truststore.type=PKCS12" };
	}

	private static int port(ApplicationContext context, String listener) {
		return context.getEnvironment().getRequiredProperty("local.mailio." + listener + ".port", Integer.class);
	}

	private static SmtpTestClient greeted(int port) throws IOException {
		SmtpTestClient client = new SmtpTestClient(port);
		assertThat(client.reply()).startsWith("220");
		return client;
	}

	@Test
	void shouldListenOnEachAndPublishTheirPorts() {
		this.runner.run((context) -> {
			SmtpServer server = context.getBean(SmtpServer.class);
			assertThat(server.listeners()).containsExactly("mx", "submission", "submissions", "local");
			assertThat(server.listeners())
				.allSatisfy((name) -> assertThat(port(context, name)).isEqualTo(server.port(name)));
			assertThat(context.getEnvironment().getProperty("local.mailio.port", Integer.class))
				.isEqualTo(server.port("mx"));
		});
	}

	@Test
	void shouldKeepToTheRulesOfEach() {
		this.runner.run((context) -> {
			try (SmtpTestClient client = greeted(port(context, "mx"))) {
				assertThat(client.send("EHLO me")).contains("STARTTLS", "SIZE 1048576", "RCPTMAX=7")
					.doesNotContain("AUTH");
			}
			try (SmtpTestClient client = greeted(port(context, "submission"))) {
				assertThat(client.send("EHLO me")).contains("STARTTLS", "SIZE 104857600", "RCPTMAX=7");
				assertThat(client.send("MAIL FROM:<john@example.com>")).startsWith("530 5.7.0");
			}
			try (SmtpTestClient client = new SmtpTestClient(port(context, "local"))) {
				assertThat(client.send("PROXY TCP4 192.0.2.7 192.0.2.1 40000 24")).startsWith("220").contains("LMTP");
				assertThat(client.send("LHLO me")).startsWith("250").doesNotContain("STARTTLS");
			}
		});
	}

	@Test
	void shouldUseAndFollowTheBundleOfEach() {
		this.runner.run((context) -> {
			SslBundles bundles = context.getBean(SslBundles.class);
			SslBundle mail = bundles.getBundle("mail");
			int port = port(context, "submissions");
			assertThat(organisation(port, bundles.getBundle("other"))).contains("O=second");
			context.getBean(SslBundleRegistry.class).updateBundle("other", mail);
			assertThat(organisation(port, mail)).contains("O=first");
		});
	}

	private static String organisation(int port, SslBundle trusted) throws IOException {
		try (SSLSocket socket = (SSLSocket) trusted.createSslContext()
			.getSocketFactory()
			.createSocket("127.0.0.1", port)) {
			socket.startHandshake();
			return socket.getSession().getPeerPrincipal().getName();
		}
	}

	@Test
	void shouldAskHandlersOfTheirListenersOnly() {
		this.runner.withBean(SubmissionOnly.class).run((context) -> {
			try (SmtpTestClient client = greeted(port(context, "submission"))) {
				assertThat(client.send("NOOP")).startsWith("450");
			}
			try (SmtpTestClient client = greeted(port(context, "mx"))) {
				assertThat(client.send("NOOP")).startsWith("250");
			}
		});
	}

	@Test
	void shouldLetUsersSendFromTheAddressesThatAreSaidToBeTheirs() {
		this.runner
			.withPropertyValues("mailio.auth.require-tls=false",
					"mailio.auth.users.john.senders=Sales@example.com,@Shop.example,@b\u00fccher.example")
			.run((context) -> {
				try (SmtpTestClient client = greeted(port(context, "submission"))) {
					client.send("EHLO me");
					assertThat(client.send("AUTH PLAIN AGpvaG4AZG9l")).startsWith("235");
					assertThat(client.send("MAIL FROM:<john@example.com>")).startsWith("553 5.7.1");
					assertThat(client.send("MAIL FROM:<sales@example.com>")).startsWith("250");
					client.send("RSET");
					assertThat(client.send("MAIL FROM:<anybody@shop.example>")).startsWith("250");
					client.send("RSET");
					assertThat(client.send("MAIL FROM:<anybody@xn--bcher-kva.example>")).startsWith("250");
				}
			});
	}

	@Test
	void shouldFailForASenderThatIsNoAddress() {
		this.runner.withPropertyValues("mailio.auth.users.john.senders=sales")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'sales' must be an address such as"));
	}

	@Test
	void shouldFailForAListenerWithoutAPort() {
		this.runner.withPropertyValues("mailio.listeners.extra.address=127.0.0.1")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("mailio.listeners.extra")
				.hasMessageContaining("must be set; 0 picks a free one"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "auth-failures-per-address=3", "auth-failure-window=1h" })
	void shouldFailForALimitThatHoldsForAllListenersTogether(String limit) {
		this.runner.withPropertyValues("mailio.listeners.submission.limits." + limit)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("mailio.listeners.submission.limits." + limit.split("=")[0])
				.hasMessageContaining("set mailio.limits." + limit.split("=")[0]));
		this.runner.withPropertyValues("mailio.limits." + limit).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void shouldKeepToTheLimitsOfAListenerWhateverItsName() {
		this.runner.withPropertyValues(listener("MX-1_b", "limits.max-recipients=3"))
			.withPropertyValues(listener("[a.b]", "limits.maxRecipients=4"))
			.run((context) -> {
				try (SmtpTestClient client = greeted(port(context, "MX-1_b"))) {
					assertThat(client.send("EHLO me")).contains("RCPTMAX=3");
				}
				try (SmtpTestClient client = greeted(port(context, "a.b"))) {
					assertThat(client.send("EHLO me")).contains("RCPTMAX=4");
				}
			});
	}

	@Test
	void shouldFailForAProxyThatIsNoNetwork() {
		this.runner.withPropertyValues("mailio.listeners.local.proxy-protocol=proxy.example.com")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'proxy.example.com' must be an address, or a network"));
	}

	@Test
	void shouldSayWhatToDoForTlsWithoutKeys() {
		this.runner.withPropertyValues("mailio.ssl.bundle=").run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new ListenerConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis.getDescription())
				.isEqualTo("The listener 'submission' is to use TLS, but there are no keys.");
			assertThat(analysis.getAction()).contains("SSL bundle");
			assertThat(context.getStartupFailure()).rootCause().isInstanceOf(ListenerConfigurationException.class);
		});
	}

	static class SubmissionOnly {

		@SmtpHandler(command = "noop", listeners = "submission")
		Decision refuse(SmtpResponse res) {
			return res.reject(450, "Not here");
		}

	}

}
