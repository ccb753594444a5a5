/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

import io.mailio.message.ContentBuffer;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.MicrometerMeters;
import io.mailio.session.AuthMode;
import io.mailio.session.TlsMode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A listener that requires AUTH is one for submission (RFC 6409). */
class SubmissionTests {

	private static final String DATE = "Date: \\w{3}, \\d{1,2} \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000\r\n";

	private static final String MESSAGE_ID = "Message-ID: <[0-9a-z]+\\.\\d+@mx\\.example\\.com>\r\n";

	private final Mailroom mailroom = new Mailroom();

	@TempDir
	private Path directory;

	private SmtpServer started(SmtpServer.Builder builder) {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		SmtpServer server = builder.authRequiresTls(false)
			.handler("auth", "all", (req, res) -> res.accept())
			.listener("mx", (mx) -> mx.address(loopback).port(0))
			.listener("submission",
					(submission) -> submission.address(loopback).port(0).tlsMode(TlsMode.NONE).auth(AuthMode.REQUIRED))
			.build();
		server.start();
		return server;
	}

	private static TestClient login(int port, String user) {
		TestClient client = TestClient.hello(port);
		String response = "\0" + user + "\0x";
		client.command(
				"AUTH PLAIN " + java.util.Base64.getEncoder().encodeToString(response.getBytes(StandardCharsets.UTF_8)),
				"235");
		return client;
	}

	private String submitted(TestClient client, String content) {
		client.command("MAIL FROM:<john@example.com>", "250");
		client.command("RCPT TO:<b@example.com>", "250");
		client.command("DATA", "354");
		client.send(content + "\r\n.\r\n").expect("250 2.0.0");
		return this.mailroom.letter().content();
	}

	@Test
	void addsTheFieldsThatAreMissing() {
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, "Subject: x\r\n\r\nx"))
				.matches(DATE + MESSAGE_ID + Pattern.quote("Subject: x\r\n\r\nx\r\n"));
		}
	}

	@Test
	void leavesTheFieldsThatAreThere() {
		String content = "date: yesterday\r\nMESSAGE-ID :\r\n <1@client.example>\r\n\r\nDate: x\r\n";
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, content.strip())).isEqualTo(content);
		}
	}

	@Test
	void addsOnlyWhatIsMissing() {
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, "Date: yesterday\r\n\r\nx"))
				.matches(MESSAGE_ID + "Date: yesterday\r\n\r\nx\r\n");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "hello world", "hello world\r\nDate: never\r\nMessage-ID: <1@c>\r\n\r\nx", " Date: x",
			"hello world: x", ": x" })
	void endsTheHeaderWhereTheMessageHasNone(String text) {
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, text)).matches(DATE + MESSAGE_ID + "\r\n" + Pattern.quote(text + "\r\n"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\r\nhello world", "From john Tue Jun  3 11:05:30 2008\r\nSubject: x\r\n\r\nx",
			">From john\r\nSubject: x\r\n\r\nx", "Subject : x\r\n y\r\n\r\nx", "Subject: x" })
	void leavesTheEndOfTheHeaderToAMessageThatHasOne(String text) {
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, text)).matches(DATE + MESSAGE_ID + Pattern.quote(text + "\r\n"));
		}
	}

	@Test
	void addsThemToAMessageInAFileToo() {
		SmtpServer.Builder builder = this.mailroom.open().content(new ContentBuffer.Options(0, this.directory));
		try (SmtpServer server = started(builder); TestClient client = login(server.port("submission"), "john")) {
			assertThat(submitted(client, "x: " + "x".repeat(100_000))).matches(DATE + MESSAGE_ID + "x: x{100000}\r\n");
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void leavesMailFromElsewhereAlone() {
		try (SmtpServer server = started(this.mailroom.open()); TestClient client = login(server.port("mx"), "john")) {
			assertThat(submitted(client, "Subject: x\r\n\r\nx")).isEqualTo("Subject: x\r\n\r\nx\r\n");
			client.command("MAIL FROM:<mary@example.com>", "250");
		}
	}

	@ParameterizedTest
	@CsvSource({ "john, john@example.com, 250", "john, John@EXAMPLE.org, 250", "john, mary@example.com, 553",
			"john, john@elsewhere.example, 553", "john@elsewhere.example, john@elsewhere.example, 250",
			"john@elsewhere.example, john@example.com, 553", "john, '', 250" })
	void letsUsersSendFromTheirOwnAddressesOnly(String user, String sender, String code) {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (SmtpServer server = started(this.mailroom.open().meters(new MicrometerMeters(registry)));
				TestClient client = login(server.port("submission"), user)) {
			client.command("MAIL FROM:<" + sender + ">", code);
		}
		assertThat(registry.find(MeterName.SENDER_LOGIN_REFUSED.id()).counters()).hasSize(code.equals("553") ? 1 : 0);
	}

	@ParameterizedTest
	@CsvSource({ "j\u00f6rg@b\u00fccher.example, JO\u0308RG@xn--bcher-kva.example, 250",
			"a@b\u00fccher.example, a@XN--BCHER-KVA.example, 250", "john, '\"john\"@example.com', 250",
			"al@foo.com, '\"al\"@foo.com', 250", "al@foo.com, '\"\\a\\l\"@FOO.com', 250",
			"jim@example.com, j\u0131m@example.com, 553", "j\u0131m@example.com, jim@example.com, 553",
			"EXAMPLE\\jim, jim@example.com, 553" })
	void comparesSendersByWhomTheyMean(String user, String sender, String code) {
		try (SmtpServer server = started(this.mailroom.open());
				TestClient client = login(server.port("submission"), user)) {
			client.send(("MAIL FROM:<" + sender + "> SMTPUTF8\r\n").getBytes(StandardCharsets.UTF_8)).expect(code);
		}
	}

	@Test
	void asksAPolicyOfTheApplications() {
		SmtpServer.Builder builder = this.mailroom.open()
			.senderPolicy((session, sender) -> session.user().username().equals("john")
					&& sender.localPart().startsWith("office"));
		try (SmtpServer server = started(builder); TestClient client = login(server.port("submission"), "john")) {
			client.command("MAIL FROM:<john@example.com>", "553 5.7.1");
			client.command("MAIL FROM:<office-1@example.com>", "250");
		}
	}

	@Test
	void canBeToldToTakeAnySender() {
		try (SmtpServer server = started(this.mailroom.open().disable("mail", "sender-login"));
				TestClient client = login(server.port("submission"), "john")) {
			client.command("MAIL FROM:<mary@elsewhere.example>", "250");
		}
	}

	@Test
	void readsNoContentThatNobodyWants() {
		try (SmtpServer server = started(Mailroom.server().discard());
				TestClient client = login(server.port("submission"), "john")) {
			client.command("MAIL FROM:<john@example.com>", "250");
			client.command("RCPT TO:<b@example.com>", "250");
			client.command("DATA", "354");
			client.command("x\r\n.", "250 2.0.0");
		}
	}

}
