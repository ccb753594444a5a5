/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.command.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that speak something else are left at once, with one reply at most. */
class ForeignProtocolTests {

	private static final String SMUGGLED = "\r\nEHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n";

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: mx.example.com\r\n\r\n", "GET / HTTP/1.0\n\n",
			"POST /EHLO HTTP/1.1\r\n\r\n" + SMUGGLED, "CONNECT mx.example.com:25 HTTP/1.1\r\n",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "OPTIONS * RTSP/1.0\r\n", "Host: mx.example.com" + SMUGGLED,
			"Content-Type: text/plain" + SMUGGLED, "Subject:x\r\n", "PUT /\n" + SMUGGLED })
	void http(String request) {
		for (int cut = 0; cut < request.length(); cut++) {
			try (VirtualConnection client = VirtualConnection.setup().connect()) {
				client.send(request.substring(0, cut)).send(request.substring(cut));
				assertThat(client.said()).as("cut at %d", cut)
					.isEqualTo("220 mx.example.com ESMTP\r\n421 4.5.1 This server speaks SMTP, closing connection\r\n");
				client.send("NOOP\r\n");
				assertThat(client.said()).isEmpty();
				assertThat(client.pass(java.time.Duration.ofSeconds(6)).isOpen()).isFalse();
			}
		}
	}

	@Test
	void aRequestThatIsLongerThanACommand() {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send("GET /" + "a".repeat(100_000));
			assertThat(client.codes()).containsExactly(220, 421);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", "\u0016\u0003\u0003\r\n",
			"\u0016\u0003\n\n" + SMUGGLED })
	void tls(String hello) {
		for (int cut = 0; cut < hello.length(); cut++) {
			try (VirtualConnection client = VirtualConnection.setup().connect()) {
				client.send(hello.substring(0, cut)).send(hello.substring(cut)).send("NOOP\r\n");
				assertThat(client.codes()).as("cut at %d", cut).containsExactly(220);
				assertThat(client.pass(java.time.Duration.ofSeconds(6)).isOpen()).isFalse();
			}
		}
	}

	@Test
	void isALineInTheLogAtDebugWithoutAnythingOfTheClients() {
		Logger logger = (Logger) LoggerFactory.getLogger(Conversation.class);
		ListAppender<ILoggingEvent> heard = new ListAppender<>();
		heard.start();
		logger.setLevel(Level.DEBUG);
		logger.addAppender(heard);
		try (VirtualConnection web = VirtualConnection.setup().connect();
				VirtualConnection tls = VirtualConnection.setup().connect()) {
			web.send("GET /secret HTTP/1.1\r\n");
			tls.send("\u0016\u0003\u0001\u0002");
			assertThat(heard.list).extracting(ILoggingEvent::getFormattedMessage)
				.satisfiesExactly(
						(line) -> assertThat(line)
							.matches("HTTP on a connection for SMTP, closing session \\w+ of 127.0.0.1"),
						(line) -> assertThat(line)
							.matches("TLS on a connection for SMTP, closing session \\w+ of 127.0.0.1"));
		}
		finally {
			logger.detachAppender(heard);
			logger.setLevel(null);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "get / HTTP/1.1", "HEADER", " GET / HTTP/1.1", ": x", "X Host: y", "\u0016\u0004",
			"\u0015\u0003", "GET" })
	void whatIsOnlyUnknownIsAnError(String line) {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send(line + "\r\nNOOP\r\n");
			List<Integer> codes = client.codes();
			assertThat(codes).hasSize(3).endsWith(250);
			assertThat(codes.get(1)).isIn(500, 501);
		}
	}

	@Test
	void aVerbOfTheUsersIsACommand() {
		List<String> asked = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().inline("get", (req, res) -> {
			asked.add(req.command().data());
			return res.accept();
		}).connect()) {
			client.send("GET / HTTP/1.1\r\n");
			assertThat(client.codes()).containsExactly(220, 250);
			assertThat(asked).containsExactly("/ HTTP/1.1");
		}
	}

	@Test
	void contentAndDialoguesAreNotLookedAt() {
		try (VirtualConnection client = VirtualConnection.setup()
			.inline("queue", (req, res) -> res.accept())
			.inline("auth", (req, res) -> res.accept())
			.connect()) {
			client.data().send("GET / HTTP/1.1\r\nHost: x\r\n.\r\nAUTH LOGIN\r\nGET / HTTP/1.1\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 354, 250, 334, 501, 250);
		}
	}

}
