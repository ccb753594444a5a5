/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.mailio.session.TlsMode;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One misbehaving client never slows another: good sessions go through, one after the
 * other, while many bad ones of each kind are open and stay so.
 */
class ProgressTests {

	/** How many bad clients of a kind; more than there are threads for handlers. */
	private static final int BAD = 40;

	private static final int GOOD = 12;

	private static final String ENVELOPE = "EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n";

	/**
	 * A reply of 50 KiB: that the server writes much must not mean that it works much.
	 */
	private static final Reply LONG = new Reply(214, Collections.nCopies(100, "x".repeat(500)).toArray(String[]::new));

	private final Mailroom mailroom = new Mailroom();

	private final List<TestClient> bad = new ArrayList<>();

	private final ExecutorService busy = Executors.newCachedThreadPool();

	private final AtomicBoolean over = new AtomicBoolean();

	private SmtpServer server;

	@BeforeEach
	void start() {
		this.server = this.mailroom.open()
			.tls(TestKeys.FIRST.server())
			.authRequiresTls(false)
			.limits(io.mailio.session.Limits.builder()
				.maxConnectionsPerAddress(1000)
				.messageSize(Long.MAX_VALUE / 4)
				.errors(Integer.MAX_VALUE)
				.unrecognizedCommands(Integer.MAX_VALUE)
				.build())
			.handler("auth", "all", (req, res) -> res.accept())
			.handler("rcpt", "looks", (req, res) -> res.accept())
			.handler("help", "at-length", (spec) -> spec.blocking(false), (req, res) -> res.accept(LONG))
			.listener("smtp", (smtp) -> smtp.address(InetAddress.getLoopbackAddress()).port(0))
			.listener("smtps",
					(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT))
			.build();
		this.server.start();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.over.set(true);
		this.bad.forEach(TestClient::reset);
		this.server.close();
		this.busy.shutdown();
		assertThat(this.busy.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	private void goodSessionsGoThrough() {
		for (int i = 0; i < GOOD; i++) {
			String content = "Subject: " + i + "\r\n\r\n" + "line\r\n".repeat(1000) + "end";
			try (TestClient client = (i % 3 == 0)
					? TestClient.startTls(this.server.port("smtp"), TestKeys.FIRST.client())
					: TestClient.connect(this.server.port("smtp"))) {
				client.expect("220");
				client.command("EHLO good.example", "250");
				assertThat(client.message("b@example.com", content)).startsWith("250");
				client.command("QUIT", "221");
			}
		}
		assertThat(this.mailroom.letters()).hasSize(GOOD);
		await().untilAsserted(() -> assertThat(this.server.connections()).as("those still there")
			.isGreaterThanOrEqualTo(this.bad.size()));
	}

	private void everyBadClient(String says) {
		for (int i = 0; i < BAD; i++) {
			this.bad.add(TestClient.connect(this.server.port("smtp")).send(says));
		}
		await().until(() -> this.server.connections() == BAD);
	}

	@Test
	void besideClientsThatDoNotReadTheirReplies() {
		// More than the kernel takes for both ends of a connection.
		everyBadClient("HELP\r\n".repeat(120));
		goodSessionsGoThrough();
	}

	@Test
	void besideClientsThatStopWithinACommand() {
		everyBadClient("EHLO c\r\nNOO");
		goodSessionsGoThrough();
	}

	@Test
	void besideClientsThatStopWithinAnAuthentication() {
		everyBadClient("EHLO c\r\nAUTH LOGIN\r\nYQ");
		goodSessionsGoThrough();
	}

	@Test
	void besideClientsThatStopWithinALargeMessage() {
		everyBadClient(ENVELOPE + ("a".repeat(998) + "\r\n").repeat(300));
		goodSessionsGoThrough();
	}

	@Test
	void besideClientsThatStopWithinAHandshake() {
		everyBadClient("EHLO c\r\nSTARTTLS\r\n");
		for (int i = 0; i < BAD; i++) {
			this.bad.add(TestClient.connect(this.server.port("smtps")).send("\u0016\u0003\u0001\u0040"));
		}
		goodSessionsGoThrough();
	}

	@Test
	void besideClientsThatSendOctetByOctet() {
		everyBadClient("E");
		AtomicLong sent = busy(() -> this.bad.forEach((client) -> client.send("x")));
		goodSessionsGoThrough();
		assertThat(sent).hasPositiveValue();
	}

	@Test
	void besideFloodsOfCommands() {
		AtomicLong sent = flood("", "NOOP\r\n".repeat(1000), 1000);
		goodSessionsGoThrough();
		assertThat(sent).hasPositiveValue();
	}

	@Test
	void besideFloodsOfUnknownCommands() {
		AtomicLong sent = flood("", "FOO\r\n".repeat(1000), 1000);
		goodSessionsGoThrough();
		assertThat(sent).hasPositiveValue();
	}

	@Test
	void besideFloodsOfContentThatIsRefused() {
		AtomicLong sent = flood(ENVELOPE + "\n", "x".repeat(1000), 0);
		goodSessionsGoThrough();
		assertThat(sent).hasPositiveValue();
	}

	@Test
	void besideClientsThatComeAndGo() {
		AtomicLong sent = busy(() -> {
			TestClient client = TestClient.connect(this.server.port("smtp")).send("EHLO c\r\nMAIL");
			client.expect("220");
			client.reset();
		});
		goodSessionsGoThrough();
		assertThat(sent).hasPositiveValue();
	}

	/** Two clients that send the same again and again, and read what they get for it. */
	private AtomicLong flood(String first, String again, int replies) {
		AtomicLong sent = new AtomicLong();
		for (int i = 0; i < 2; i++) {
			TestClient client = TestClient.connect(this.server.port("smtp")).send(first);
			this.bad.add(client);
			client.expect("220");
			if (!first.isEmpty()) {
				client.expect("250");
				client.expect("250");
				client.expect("250");
				client.expect("354");
			}
			keepBusy(sent, () -> {
				client.send(again);
				for (int reply = 0; reply < replies; reply++) {
					client.readLine();
				}
			});
		}
		return sent;
	}

	private AtomicLong busy(Runnable task) {
		AtomicLong done = new AtomicLong();
		keepBusy(done, task);
		return done;
	}

	private void keepBusy(AtomicLong done, Runnable task) {
		this.busy.execute(() -> {
			try {
				while (!this.over.get()) {
					task.run();
					done.incrementAndGet();
				}
			}
			catch (RuntimeException | AssertionError ex) {
				if (!this.over.get()) {
					throw ex;
				}
			}
		});
	}

}
