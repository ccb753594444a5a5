/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import io.mailio.plugin.queue.SpamReport;
import io.mailio.plugin.queue.SpamdDouble;
import io.mailio.plugin.queue.SpamdOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code queue/headers} and {@code queue/spamd} in a server's chain. */
class SpamTests {

	private static final String CONTENT = "Authentication-Results: mx.example.com; spf=pass\r\nSubject: x\r\n\r\nbody\r\n";

	private final Mailroom room = new Mailroom();

	private final List<SpamReport> reports = new CopyOnWriteArrayList<>();

	private SmtpServer start(int port) {
		SmtpServer server = this.room.open()
			.spamd(SpamdOptions.defaults().at("127.0.0.1", port))
			.handler("queue", "quarantine", (spec) -> spec.after("spamd").before("mailroom"), (req, res) -> {
				SpamReport report = res.get("queue/spamd", SpamReport.class).orElseThrow();
				this.reports.add(report);
				return report.isSpam() ? res.reject(550, "No spam, please") : res.accept();
			})
			.build();
		server.start();
		return server;
	}

	private static String submit(TestClient client, String reply) {
		client.command("MAIL FROM:<a@elsewhere.test>", "250");
		client.command("RCPT TO:<b@example.com>", "250");
		client.command("DATA", "354");
		return client.command(CONTENT + ".", reply);
	}

	@Test
	void theHandlersBehindDecideByTheReportOfAMessageThatHoldsNoForgedResults() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("4.2", " 4.2 ABC x\n"));
				SmtpServer server = start(spamd.port());
				LogWatch log = LogWatch.of("io.mailio.message", Level.INFO);
				TestClient client = TestClient.hello(server.port())) {
			submit(client, "250");
			assertThat(this.room.letter().content()).isEqualTo("Subject: x\r\n\r\nbody\r\n");
			assertThat(spamd.requests()).singleElement()
				.asString()
				.endsWith(this.room.letter().trace() + this.room.letter().content());
			spamd.behave(spamd.reading((request) -> SpamdDouble.ok("5.0", "")));
			submit(client, "550 5.7.1 No spam");
			assertThat(this.reports).extracting(SpamReport::score).containsExactly(4.2, 5.0);
			await().until(() -> log.lines().size() == 2);
			assertThat(log.lines()).first()
				.asString()
				.contains("Message accepted", "queue/headers:1-forged", "queue/spamd:4.2/5");
			assertThat(log.lines()).last()
				.asString()
				.contains("Message refused", "by=queue/quarantine", "queue/spamd:5/5");
		}
	}

	@Test
	void whenTheClientLeavesSpamdIsToldSo() throws Exception {
		try (SpamdDouble spamd = new SpamdDouble((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
				SmtpServer server = start(spamd.port())) {
			TestClient client = TestClient.hello(server.port());
			client.command("MAIL FROM:<a@elsewhere.test>", "250");
			client.command("RCPT TO:<b@example.com>", "250");
			client.command("DATA", "354");
			client.send(CONTENT + ".\r\n");
			await().until(() -> spamd.open() == 1);
			client.close();
			await().until(() -> spamd.open() == 0);
			assertThat(this.reports).isEmpty();
			assertThat(this.room.letters()).isEmpty();
		}
	}

}
