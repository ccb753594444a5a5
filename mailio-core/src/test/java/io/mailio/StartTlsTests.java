/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.mailio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Level;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.TlsMode;
import io.mailio.transport.TlsEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** STARTTLS (RFC 3207) over real sockets, with each engine. */
@ParameterizedClass
@EnumSource(TlsEngine.class)
class StartTlsTests {

	@Parameter
	private TlsEngine engine;

	private final Mailroom mailroom = new Mailroom();

	private SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	private SmtpServer.Builder encrypted() {
		return this.mailroom.open().tls(TestKeys.FIRST.server(this.engine));
	}

	@Test
	void isOfferedWithKeysOnlyAndOnlyOnce() {
		try (SmtpServer server = this.mailroom.start(); TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO me", "250")).doesNotContain("STARTTLS");
			client.command("STARTTLS", "502 5.5.1");
		}
		try (SmtpServer server = started(encrypted()); TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO me", "250")).contains("STARTTLS");
			client.command("STARTTLS now", "501 5.5.4");
			client.command("STARTTLS", "220 2.0.0");
			client.handshake(TestKeys.FIRST.client());
			assertThat(client.command("EHLO me", "250")).doesNotContain("STARTTLS");
			client.command("STARTTLS", "503 5.5.1");
		}
	}

	@Test
	void discardsWhatWasSaidBefore() {
		try (SmtpServer server = started(encrypted()); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<b@example.com>", "250");
			client.command("STARTTLS", "220");
			client.handshake(TestKeys.FIRST.client());
			client.command("DATA", "503");
			client.command("MAIL FROM:<a@client.example>", "503");
			client.command("HELO again", "250");
			client.command("RCPT TO:<b@example.com>", "503");
		}
	}

	@Test
	void keepsAMessageAndSaysHowItCame() throws Exception {
		CompletableFuture<ConnectionInfo> seen = new CompletableFuture<>();
		SmtpServer.Builder builder = encrypted().handler("mail", "look", (req, res) -> {
			assertThat(req.session().secure()).isTrue();
			seen.complete(req.session().connection());
			return res.accept();
		});
		try (SmtpServer server = started(builder);
				TestClient client = TestClient.startTls(server.port(), TestKeys.FIRST.client())) {
			client.expect("220");
			client.command("EHLO client.example", "250");
			String content = "Subject: x\r\n\r\n" + "0123456789abcdef\r\n".repeat(40_000);
			assertThat(client.message("b@example.com", content.strip())).startsWith("250");
			client.command("QUIT", "221");
			client.expectClose();
			assertThat(this.mailroom.letter().content()).isEqualTo(content);
			assertThat(this.mailroom.letter().trace()).contains(" with ESMTPS ")
				.containsPattern("\r\n\ttls TLS_[A-Z0-9_]+ \\(TLSv1\\.3\\);\r\n");
		}
		ConnectionInfo connection = seen.get(20, TimeUnit.SECONDS);
		assertThat(connection.tls()).isNotNull();
		assertThat(connection.tls().protocol()).isEqualTo("TLSv1.3");
		assertThat(connection.tls().cipher()).startsWith("TLS_");
	}

	@Test
	void isSeenInTheTraceHoweverItCame() {
		SmtpServer.Builder builder = encrypted()
			.listener("mx", (mx) -> mx.address(InetAddress.getLoopbackAddress()).port(0))
			.listener("smtps",
					(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT));
		try (LogWatch log = LogWatch.of("io.mailio.trace", Level.TRACE); SmtpServer server = started(builder)) {
			try (TestClient client = TestClient.startTls(server.port("mx"), TestKeys.FIRST.client())) {
				client.expect("220");
				client.command("QUIT", "221");
			}
			assertThat(log.lines()).filteredOn((line) -> line.contains(" -- TLSv1.3 with TLS_")).hasSize(1);
			try (TestClient client = TestClient.connect(server.port("smtps"))) {
				client.handshake(TestKeys.FIRST.client());
				client.expect("220");
			}
			assertThat(log.lines()).filteredOn((line) -> line.contains(" -- TLSv1.3 with TLS_")).hasSize(2);
			assertThat(log.lines()).anyMatch((line) -> line.endsWith(" to listener smtps"));
		}
	}

	@Test
	void closesAConnectionWithClearTextBehindTheCommand() {
		try (SmtpServer server = started(encrypted()); TestClient client = TestClient.hello(server.port())) {
			client.send("STARTTLS\r\nMAIL FROM:<mallory@client.example>\r\n").expect("220");
			client.expectClose();
		}
		assertThat(this.mailroom.letters()).isEmpty();
	}

	@Test
	void closesAConnectionThatSpeaksNoTls() {
		try (SmtpServer server = started(encrypted()); TestClient client = TestClient.hello(server.port())) {
			client.command("STARTTLS", "220");
			client.send("EHLO me\r\nMAIL FROM:<mallory@client.example>\r\n".repeat(10));
			client.expectEnd();
		}
	}

	@Test
	void closesAConnectionThatSpeaksNoTlsWhereItMustFromItsFirstOctet() {
		SmtpServer.Builder builder = encrypted().listener("smtps",
				(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT));
		for (String clear : List.of("EHLO me\r\nMAIL FROM:<mallory@client.example>\r\n", "GET / HTTP/1.1\r\n\r\n",
				"QUIT\r\n", "\0".repeat(100), "\u0016\u0003\u0001\0\u0004\u00ff\u00ff\u00ff\u00ff")) {
			try (SmtpServer server = started(builder); TestClient client = TestClient.connect(server.port("smtps"))) {
				client.send(clear);
				assertThat(client.readAll()).as(clear).doesNotContain("220", "250", "\r\n");
				await().until(() -> server.connections() == 0);
			}
		}
	}

	@Test
	void isNotNegotiatedASecondTime() throws IOException {
		SmtpServer.Builder builder = encrypted().listener("smtps",
				(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT));
		try (SmtpServer server = started(builder);
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("smtps"));
				SSLSocket client = (SSLSocket) TestKeys.FIRST.client()
					.getSocketFactory()
					.createSocket(socket, "mx.example.com", socket.getPort(), true)) {
			client.setSoTimeout(20_000);
			client.setEnabledProtocols(new String[] { "TLSv1.2" });
			client.startHandshake();
			String greeting = "220 mx.example.com ESMTP\r\n";
			assertThat(client.getInputStream().readNBytes(greeting.length())).asString(StandardCharsets.US_ASCII)
				.isEqualTo(greeting);
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> {
				client.startHandshake();
				client.getOutputStream().write("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
				client.getInputStream().readNBytes(14);
			});
			await().until(() -> server.connections() == 0);
		}
	}

	@Test
	void isTheEndOfTheSessionWhenItEnds() throws IOException {
		SmtpServer.Builder builder = encrypted().listener("smtps",
				(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT));
		try (SmtpServer server = started(builder);
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("smtps"))) {
			SSLSocket client = (SSLSocket) TestKeys.FIRST.client()
				.getSocketFactory()
				.createSocket(socket, "mx.example.com", socket.getPort(), false);
			client.startHandshake();
			client.getOutputStream().write("EHLO me\r\nNOOP\r\n".getBytes(StandardCharsets.US_ASCII));
			client.close();
			await().until(() -> server.connections() == 0);
			assertThat(socket.isClosed()).isFalse();
		}
	}

	@Test
	void usesNewKeysForNewHandshakesAndLeavesOpenSessionsAlone() {
		try (SmtpServer server = started(encrypted());
				TestClient before = TestClient.startTls(server.port(), TestKeys.FIRST.client())) {
			before.expect("220");
			server.updateTls(TestKeys.SECOND.server(this.engine));
			before.command("EHLO me", "250");
			try (TestClient after = TestClient.startTls(server.port(), TestKeys.SECOND.client())) {
				after.expect("220");
				after.command("EHLO me", "250");
			}
			assertThatExceptionOfType(UncheckedIOException.class)
				.isThrownBy(() -> TestClient.startTls(server.port(), TestKeys.FIRST.client()));
		}
	}

	@Test
	void bringsAuthWhereItNeedsTls() {
		SmtpServer.Builder builder = encrypted().handler("auth", "john",
				(req, res) -> req.user().password().equals("doe") ? res.accept() : res.reject(535, "No"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO me", "250")).doesNotContain("AUTH");
			assertThat(client.command("HELP", "214")).contains("STARTTLS").doesNotContain("AUTH");
			client.command("AUTH PLAIN AGpvaG4AZG9l", "538 5.7.11");
			client.command("STARTTLS", "220");
			client.handshake(TestKeys.FIRST.client());
			assertThat(client.command("EHLO me", "250")).contains("AUTH PLAIN LOGIN");
			assertThat(client.command("HELP", "214")).contains("AUTH").doesNotContain("STARTTLS");
			client.command("AUTH PLAIN AGpvaG4AZG9l", "235");
			assertThat(client.message("b@example.com", "x")).startsWith("250");
			assertThat(this.mailroom.letter().trace()).contains(" with ESMTPSA ");
		}
	}

	@Test
	void stopsGracefullyUnderTls() {
		SmtpServer server = started(encrypted());
		try (TestClient client = TestClient.startTls(server.port(), TestKeys.FIRST.client())) {
			client.expect("220");
			client.command("EHLO me", "250");
			server.drain();
			client.expect("421 4.3.2");
			client.expectClose();
		}
		finally {
			server.close();
		}
	}

}
