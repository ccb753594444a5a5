/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.Set;

import ch.qos.logback.classic.Level;
import io.mailio.command.Extension;
import io.mailio.command.Refusal;
import io.mailio.handler.HandlerConfigurationException;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Extensions of the user's, and ours where a connection matters. */
class ExtensionTests {

	private final Mailroom mailroom = new Mailroom();

	private record Custom(String keyword, Set<String> mailParameters, Set<String> rcptParameters) implements Extension {

		@Override
		public String advertisement(SmtpSession session) {
			if (this.keyword.equals("BROKEN")) {
				throw new IllegalStateException("broken");
			}
			return this.keyword + " 1";
		}

		@Override
		public void check(String parameter, String value, SmtpSession session) throws Refusal {
			if (this.keyword.equals("BROKEN")) {
				throw new IllegalStateException("broken");
			}
			if (!value.equals("1")) {
				throw new Refusal(new Reply(501, "5.5.4 One or nothing"));
			}
		}

	}

	@Test
	void oneOfTheUsersIsOfferedAndItsParametersAreCheckedAndKept() {
		SmtpServer server = this.mailroom.open()
			.extension(new Custom("XONE", Set.of("XMAIL"), Set.of("XRCPT")))
			.build();
		server.start();
		try (server; TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO c", "250")).contains("XONE 1");
			client.command("MAIL FROM:<> XMAIL=2", "501 5.5.4 One or nothing");
			client.command("MAIL FROM:<> XRCPT=1", "555 5.5.4");
			client.command("MAIL FROM:<> xmail=1", "250");
			client.command("RCPT TO:<one@example.com> XRCPT=1", "250");
			client.command("DATA", "354");
			client.command("\r\n.", "250");
		}
		assertThat(this.mailroom.letter().envelope().parameters().value("XMAIL")).hasValue("1");
		assertThat(this.mailroom.letter().envelope().recipients().get(0).parameters().value("XRCPT")).hasValue("1");
	}

	@Test
	void oneThatFailsIsNotOfferedAndItsParametersAreRefusedForNow() {
		SmtpServer server = this.mailroom.open().extension(new Custom("BROKEN", Set.of("XMAIL"), Set.of())).build();
		server.start();
		try (server; TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO c", "250")).doesNotContain("BROKEN");
			client.command("MAIL FROM:<> XMAIL=1", "451 4.3.0");
			client.command("MAIL FROM:<>", "250");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "X ONE", "X\r\n250 ONE", "-X", "", "X_ONE", "XÖNE" })
	void oneWhoseKeywordIsNoneIsFoundAtStart(String keyword) {
		SmtpServer server = this.mailroom.open().extension(new Custom(keyword, Set.of(), Set.of())).build();
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(server::start)
			.withMessageContaining(Custom.class.getName())
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\r"));
		assertThat(server.isRunning()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "XONE 1\r\n250-XTWO", "XONE \t1", "XONE \u00e4", "XONE \u2028", "" })
	void anAdvertisementThatIsNoLineIsLeftOutAndLogged(String advertisement) {
		SmtpServer server = this.mailroom.open().extension(new Extension() {
			@Override
			public String keyword() {
				return "XONE";
			}

			@Override
			public String advertisement(SmtpSession session) {
				return advertisement;
			}
		}).build();
		server.start();
		try (LogWatch log = LogWatch.of("io.mailio.command", Level.ERROR);
				server;
				TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO c", "250")).contains("PIPELINING").doesNotContain("XONE", "XTWO");
			client.command("NOOP", "250");
			assertThat(log.lines()).singleElement().asString().contains("XONE");
			assertThat(log.events().stream().flatMap(LogWatch::texts)).allMatch(LogWatch::isPrintable);
		}
	}

	@Test
	void twoThatBringTheSameAreFoundAtStart() {
		SmtpServer keyword = this.mailroom.open().extension(new Custom("size", Set.of(), Set.of())).build();
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(keyword::start)
			.withMessageContaining("keyword size");
		assertThat(keyword.isRunning()).isFalse();
		SmtpServer parameter = this.mailroom.open().extension(new Custom("XRET", Set.of("RET"), Set.of())).build();
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(parameter::start)
			.withMessageContaining("RET");
	}

	/** RFC 8689 section 2. */
	@Test
	void requireTlsIsOfferedAndTakenUnderTlsOnly() {
		SmtpServer server = this.mailroom.open().tls(TestKeys.FIRST.server()).build();
		server.start();
		try (server; TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO c", "250")).doesNotContain("REQUIRETLS");
			client.command("MAIL FROM:<> REQUIRETLS", "530 5.7.10");
			client.command("STARTTLS", "220");
			client.handshake(TestKeys.FIRST.client());
			assertThat(client.command("EHLO c", "250")).contains("REQUIRETLS");
			client.command("MAIL FROM:<> REQUIRETLS=1", "501 5.5.4");
			client.command("MAIL FROM:<> REQUIRETLS", "250");
			client.command("RCPT TO:<one@example.com>", "250");
			client.command("BDAT 2 LAST\r\n", "250");
		}
		assertThat(this.mailroom.letter().envelope().requiresTls()).isTrue();
	}

	@Test
	void requireTlsIsUnknownWhereThereIsNoTls() {
		try (SmtpServer server = this.mailroom.start(); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<> REQUIRETLS", "555 5.5.4");
		}
	}

}
