/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import io.mailio.plugin.OnError;
import io.mailio.plugin.queue.SpamReport;
import io.mailio.plugin.queue.SpamReport.Rule;
import io.mailio.plugin.queue.SpamdOptions;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;

import static org.assertj.core.api.Assertions.assertThat;

/** Mail that we let a real SpamAssassin look at. */
@Tag("interop")
class SpamAssassinTests {

	/** What every SpamAssassin takes for spam, so that this can be tested. */
	private static final String GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

	private final List<SpamReport> reports = new CopyOnWriteArrayList<>();

	private Path directory;

	private SpamAssassin spamd;

	private SmtpServer server;

	@BeforeEach
	void start(@TempDir Path directory) throws IOException {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.directory = directory;
		this.spamd = new SpamAssassin(directory);
		this.server = SmtpServer.builder()
			.hostname("mx.example.com")
			.domains("example.com")
			.address(InetAddress.getLoopbackAddress())
			.port(0)
			.maildir(directory.resolve("mail") + "/%n")
			.spamd(new SpamdOptions(Sending.HOST, this.spamd.port(), 5, 500_000, Duration.ofMinutes(1), 2, "nobody",
					true, OnError.TEMPFAIL))
			.handler("queue", "report", (spec) -> spec.after("spamd"), (req, res) -> {
				this.reports.add(res.get("queue/spamd", SpamReport.class).orElseThrow());
				return res.accept();
			})
			.build();
		this.server.start();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.server.close();
		this.spamd.close();
	}

	private void send(String subject, String text) throws Exception {
		JavaMailSenderImpl sender = new JavaMailSenderImpl();
		sender.setHost(Sending.HOST);
		sender.setPort(this.server.port());
		MimeMessage message = sender.createMimeMessage();
		MimeMessageHelper helper = new MimeMessageHelper(message);
		helper.setFrom("ann@elsewhere.example");
		helper.setTo("bob@example.com");
		helper.setSubject(subject);
		helper.setText(text);
		message.setHeader("X-Spam-Status", "No, score=-100");
		sender.send(message);
	}

	private String kept(String folder) throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("mail/bob").resolve(folder))) {
			List<Path> letters = files.toList();
			assertThat(letters).hasSize(1);
			return Files.readString(letters.get(0), StandardCharsets.ISO_8859_1);
		}
	}

	@Test
	void whatIsMadeToBeSpamIs() throws Exception {
		send("Test of spam", "Have a look at this:\n" + GTUBE + "\nThat is all.\n");
		assertThat(this.reports).singleElement().satisfies((report) -> {
			assertThat(report.isSpam()).isTrue();
			assertThat(report.score()).isGreaterThan(900);
			assertThat(report.threshold()).isEqualTo(6.5);
			assertThat(report.baseScore()).isEqualTo(5);
			assertThat(report.rules()).contains(new Rule("GTUBE", 1000));
			assertThat(report.rules().stream().mapToDouble(Rule::points).sum()).isBetween(report.score() - 3,
					report.score() + 3);
		});
		assertThat(kept(".Junk/new")).contains("\r\nX-Spam-Flag: YES\r\n", "\r\nX-Spam-Status: Yes, score=", "GTUBE")
			.doesNotContain("score=-100");
		assertThat(this.spamd.log()).contains("identified spam");
	}

	/** Which is why there are no connections to keep. */
	@Test
	void spamdAnswersOnceOnEachConnection() throws IOException {
		byte[] ping = "PING SPAMC/1.5\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		try (Socket socket = new Socket(Sending.HOST, this.spamd.port())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(ping);
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.matches("SPAMD/\\S+ 0 PONG\r\n");
		}
	}

	@Test
	void anOrdinaryLetterIsNot() throws Exception {
		send("Minutes of the meeting on Tuesday",
				"Dear Bob,\n\nhere are the minutes of the meeting. We have decided to "
						+ "paint the fence green, and to meet again in two weeks.\n\nKind regards\nAnn\n");
		assertThat(this.reports).singleElement().satisfies((report) -> {
			assertThat(report.isScanned()).isTrue();
			assertThat(report.isSpam()).isFalse();
		});
		assertThat(kept("new")).contains("\r\nX-Spam-Flag: NO\r\n").doesNotContain("score=-100");
		assertThat(this.spamd.log()).contains("clean message");
	}

}
