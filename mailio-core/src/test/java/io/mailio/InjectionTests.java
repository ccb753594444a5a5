/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.session.Limits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is no visible character reaches no header, no log and no reply, wherever a client
 * puts it, in clear text and under TLS.
 */
class InjectionTests {

	/** Where a client may put something; the something stands for X. */
	private static final List<String> PLACES = List.of("X", "EHLO X", "EHLO a.X.example", "HELO X", "MAIL FROM:<X>",
			"MAIL FROM:<aXb@client.example>", "MAIL FROM:<\"aXb\"@client.example>", "MAIL FROM:<a@clientX.example>",
			"MAIL FROM:<a@client.example>X", "MAIL FROM:<a@client.example> SIZE=X", "RCPT TO:<X>",
			"RCPT TO:<aXb@example.com>", "RCPT TO:<\"aXb\"@example.com>", "RCPT TO:<a@example.com> X=1",
			"RCPT TO:<a@exampleX.com>", "RCPT TO:<@aX.example:a@example.com>", "AUTH X", "AUTH PLAIN X", "VRFY X",
			"HELP X", "NOOP X", "DATA X", "STARTTLS X", "XFOO X");

	/** All control characters of US-ASCII and ISO 8859-1, but for CR and LF. */
	static Stream<String> controls() {
		return IntStream.concat(IntStream.rangeClosed(0, 31), IntStream.rangeClosed(127, 159))
			.filter((c) -> c != '\r' && c != '\n' && c != '\t')
			.mapToObj((c) -> String.valueOf((char) c));
	}

	/** Octets that end a line for some readers, followed by something to inject. */
	static Stream<String> lineEnds() {
		return Stream.of("\r", "\n", "\n\r", "\r\r", "\0\n").map((end) -> end + "X-Injected: yes");
	}

	@ParameterizedTest
	@MethodSource("controls")
	void controlCharactersAre501Everywhere(String control) {
		assertRefused(control, "501 5.5.2");
	}

	@ParameterizedTest
	@MethodSource("lineEnds")
	void bareLineEndsAre500Everywhere(String end) {
		assertRefused(end, "500 5.5.2");
	}

	private static void assertRefused(String what, String reply) {
		Mailroom mailroom = new Mailroom();
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger("io.mailio");
		Level before = logger.getLevel();
		logger.setAdditive(false);
		logger.setLevel(Level.TRACE);
		logger.addAppender(log);
		SmtpServer server = mailroom.open()
			.limits(Limits.builder().errors(1000).unrecognizedCommands(1000).build())
			.tls(TestKeys.FIRST.server())
			.handler("auth", "nobody", (req, res) -> res.reject(535, "No"))
			.build();
		server.start();
		try (server;
				TestClient plain = TestClient.connect(server.port());
				TestClient tls = TestClient.startTls(server.port(), TestKeys.FIRST.client())) {
			for (TestClient client : List.of(plain, tls)) {
				client.expect("220");
				client.command("EHLO client.example", "250");
				for (String place : PLACES) {
					assertThat(client.command(place.replace("X", what), reply)).doesNotContainPattern("\\p{Cntrl}");
				}
				assertThat(client.message("b@example.com", "Subject: x")).startsWith("250");
			}
		}
		finally {
			logger.detachAppender(log);
			logger.setLevel(before);
			logger.setAdditive(true);
		}
		assertThat(mailroom.letters()).hasSize(2)
			.allMatch((letter) -> letter.trace().matches("(?:[ -~]|\\r\\n\\t)*\\r\\n"))
			.allMatch((letter) -> letter.content().equals("Subject: x\r\n"));
		assertThat(log.list).isNotEmpty()
			.allMatch((event) -> event.getFormattedMessage().chars().noneMatch(Character::isISOControl));
	}

}
