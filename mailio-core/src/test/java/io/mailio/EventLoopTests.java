/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ContentBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/** Event loops never block: BlockHound looks on. */
class EventLoopTests {

	@Test
	void aBlockingCallOnAnEventLoopIsNoticed() {
		int before = BlockingCalls.all().size();
		SmtpServer server = new Mailroom().open()
			.handler("noop", "liar", (spec) -> spec.blocking(false), (req, res) -> {
				new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
				return res.accept();
			})
			.build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "451 4.3.0 ");
			List<String> calls = BlockingCalls.all();
			assertThat(calls).hasSizeGreaterThan(before);
			assertThat(calls.get(calls.size() - 1)).startsWith("mailio-").contains("EventLoopTests");
		}
	}

	@Test
	void aTransactionWithEverythingInItBlocksNoEventLoop(@TempDir Path directory) {
		int before = BlockingCalls.all().size();
		SmtpServer server = new Mailroom().open()
			.authRequiresTls(false)
			.maildir(directory + "/%d/%n")
			.content(new ContentBuffer.Options(1024, directory))
			.sessionListener(new SessionListener() {
				@Override
				public void started(SmtpSession session) {
					session.on("mail", (req, res) -> res.accept());
				}
			})
			.handler("auth", "all", (req, res) -> res.accept())
			.handler("queue", "mime", (spec) -> spec.before("mailroom"), (req, res) -> {
				req.message().mime();
				return res.accept();
			})
			.handler("xask", "ask", (req, res) -> {
				res.write("334 well?");
				return res.accept(250, res.read());
			})
			.reactiveHandler("noop", "later", (spec) -> {
			}, (req, res) -> Mono.delay(Duration.ofMillis(1)).map((tick) -> res.accept()))
			.build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH PLAIN AGpvaG4AZG9l", "235");
			client.command("NOOP", "250");
			client.send("XASK\r\nline\r\n").expect("334 well?");
			client.expect("250 2.0.0 line");
			assertThat(client.message("a@example.com", "\r\n" + ("a".repeat(998) + "\r\n").repeat(2000)))
				.startsWith("250");
			assertThat(client.message("a@example.com", "\r\n\n")).startsWith("550");
			TestClient leaving = TestClient.hello(server.port()).data("a@example.com");
			leaving.send("\r\n" + ("a".repeat(998) + "\r\n").repeat(2000)).reset();
			client.command("QUIT", "221");
			client.expectClose();
		}
		assertThat(BlockingCalls.all().subList(before, BlockingCalls.all().size()))
			.noneMatch((call) -> call.startsWith("mailio-") && !call.contains("EventLoopTests.lambda"));
	}

}
