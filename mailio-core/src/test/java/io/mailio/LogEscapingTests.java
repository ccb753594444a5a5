/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a client sends, no line of the log is made by it. */
class LogEscapingTests {

	private static final String ANSI = "\u001b[31m";

	@ParameterizedTest
	@EnumSource(names = { "PLAIN", "LMTP" })
	void everyDialogueLeavesPrintableLinesOnly(TranscriptTests.Connection connection) {
		try (LogWatch log = LogWatch.of("io.mailio", Level.TRACE)) {
			List<String> played = new ArrayList<>();
			for (Transcript dialogue : Transcript.all()) {
				if (connection.canHold(dialogue)) {
					play(connection, dialogue);
					played.add(dialogue.toString());
				}
			}
			assertThat(played).hasSizeGreaterThan(20);
			assertPrintable(log);
		}
	}

	private static void play(TranscriptTests.Connection connection, Transcript dialogue) {
		Mailroom mailroom = new Mailroom();
		SmtpServer server = connection.prepare(TranscriptTests.setUp(dialogue.server(), mailroom)).build();
		server.start();
		try (server; TestClient client = connection.open(server.port())) {
			dialogue.play(client, connection.translated(TestClient::send), mailroom);
		}
	}

	@Test
	void handlersThatRepeatWhatTheClientSaysDoNoHarm() {
		SmtpServer.Builder builder = new Mailroom().open()
			.authRequiresTls(false)
			.handler("unrecognized", "echo", (req, res) -> {
				throw new IllegalArgumentException("Do not know " + req.command().data());
			})
			.handler("noop", "dialogue", (req, res) -> {
				res.write("220 Say something");
				throw new IllegalStateException("You said " + res.read(), new IllegalStateException(ANSI));
			})
			.handler("auth", "echo", (req, res) -> {
				throw new IllegalArgumentException("Who is " + req.user().username() + "?");
			})
			.handler("mail", "echo", (req, res) -> {
				throw new IllegalArgumentException("\u202e" + req.from());
			});
		try (LogWatch log = LogWatch.of("io.mailio", Level.TRACE)) {
			SmtpServer server = builder.build();
			server.start();
			try (server; TestClient client = TestClient.hello(server.port())) {
				client.command("XYZ \u00c2\u00ad", "451");
				client.send("NOOP\r\n").expect("220 Say something");
				client.send(ANSI + "\u0000\u00c2\u0085\r\n").expect("451");
				client.command("AUTH PLAIN " + base64("\0jo\u00e2\u0080\u00aehn\0doe"), "");
				client.command("AUTH PLAIN " + base64("\0john\r\nINFO forged\0doe"), "");
				client.command("MAIL FROM:<a\u00e2\u0080\u008db@client.example> SMTPUTF8", "451");
				client.command("MAIL FROM:<\"a\\\"b c\"@client.example>", "451");
				client.command("HELO \u00e2\u0080\u00ae", "501");
				client.command("QUIT", "221");
			}
			assertThat(log.lines()).anyMatch((line) -> line.startsWith("Handler unrecognized/echo"))
				.anyMatch((line) -> line.startsWith("Handler noop/dialogue"));
			assertPrintable(log);
		}
	}

	private static String base64(String octets) {
		return java.util.Base64.getEncoder()
			.encodeToString(octets.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
	}

	private static void assertPrintable(LogWatch log) {
		assertThat(log.events()).isNotEmpty();
		for (ILoggingEvent event : log.events()) {
			assertThat(LogWatch.texts(event)).as(event.getLoggerName()).allMatch(LogWatch::isPrintable);
		}
	}

}
