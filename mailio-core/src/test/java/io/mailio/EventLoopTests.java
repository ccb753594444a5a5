/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsServer;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ContentBuffer;
import io.mailio.plugin.OnError;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.queue.SpamdDouble;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.DnsblZone;
import io.mailio.session.AuthMode;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/** Event loops never block: BlockHound looks on. */
class EventLoopTests {

	private static final String LARGE = ("a".repeat(998) + "\r\n").repeat(2000);

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

	@Test
	void handlersThatAskOthersBlockNoEventLoop(@TempDir Path directory) throws Exception {
		int before = BlockingCalls.all().size();
		try (DnsServer dns = new DnsServer();
				SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("1.0", SpamdDouble.REPORT))) {
			dns.zone("7.2.0.192.in-addr.arpa 300 PTR mail.client.example", "mail.client.example 300 A 192.0.2.7",
					"7.2.0.192.bl.example 300 A 127.0.0.2", "7.2.0.192.bl.example 300 TXT \"why\"");
			SmtpServer server = new Mailroom().open()
				.dns(new DnsOptions(List.of(dns.address()), Duration.ofSeconds(20)))
				.earlyTalker(new EarlyTalkerOptions(Duration.ofMillis(1)))
				.rdns(RdnsOptions.defaults())
				.dnsbl(new DnsblOptions(List.of(DnsblZone.of("bl.example")), 1, OnError.ACCEPT, true))
				.spamd(SpamdOptions.defaults().at("127.0.0.1", spamd.port()))
				.content(new ContentBuffer.Options(1024, directory))
				.listener("mx",
						(mx) -> mx.address(InetAddress.getLoopbackAddress())
							.port(0)
							.trustedProxies(List.of("127.0.0.0/8", "::1")))
				.build();
			server.start();
			try (server; TestClient client = TestClient.connect(server.port())) {
				client.send("PROXY TCP4 192.0.2.7 198.51.100.1 41000 25\r\n").expect("220");
				client.command("EHLO client.example", "250");
				client.command("MAIL FROM:<a@client.example>", "250");
				client.command("RCPT TO:<b@example.com>", "550 5.7.1 Client [192.0.2.7] is listed by bl.example: why");
				client.command("RCPT TO:<postmaster@example.com>", "250");
				client.command("DATA", "354");
				client.send("\r\n" + ("a".repeat(998) + "\r\n").repeat(100) + ".\r\n").expect("250");
			}
			assertThat(spamd.requests()).hasSize(1);
		}
		assertThat(BlockingCalls.all().subList(before, BlockingCalls.all().size()))
			.noneMatch((call) -> call.startsWith("mailio-") && !call.contains("EventLoopTests.lambda"));
	}

	@Test
	void aContentInAFileThatIsReadOnAnEventLoopIsNoticed(@TempDir Path directory) {
		int before = BlockingCalls.all().size();
		SmtpServer server = new Mailroom().open()
			.content(new ContentBuffer.Options(1024, directory))
			.handler("queue", "liar", (spec) -> spec.before("mailroom").blocking(false), (req, res) -> {
				req.message().openStream().readAllBytes();
				return res.accept();
			})
			.build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			assertThat(client.message("a@example.com", "Subject: x\r\n\r\n" + LARGE)).startsWith("451");
			assertThat(BlockingCalls.all().subList(before, BlockingCalls.all().size()))
				.anyMatch((call) -> call.startsWith("mailio-") && call.contains("TemporaryFile"));
		}
	}

	/** It is read with the last octets of the content, elsewhere. */
	@Test
	void theHeaderOfAContentInAFileIsNotReadOnAnEventLoop(@TempDir Path directory) {
		int before = BlockingCalls.all().size();
		Mailroom mailroom = new Mailroom();
		List<String> subjects = new CopyOnWriteArrayList<>();
		InetAddress loopback = InetAddress.getLoopbackAddress();
		SmtpServer server = mailroom.open()
			.authRequiresTls(false)
			.content(new ContentBuffer.Options(1024, directory))
			.handler("auth", "all", (req, res) -> res.accept())
			.handler("queue", "subject", (spec) -> spec.before("mailroom").blocking(false), (req, res) -> {
				subjects.add(req.message().headers().first("Subject").orElseThrow());
				return res.accept();
			})
			.listener("mx", (mx) -> mx.address(loopback).port(0))
			.listener("submission",
					(submission) -> submission.address(loopback).port(0).tlsMode(TlsMode.NONE).auth(AuthMode.REQUIRED))
			.build();
		server.start();
		try (server;
				TestClient client = TestClient.hello(server.port("mx"));
				TestClient user = TestClient.hello(server.port("submission"))) {
			user.command("AUTH PLAIN AGpvaG4AZG9l", "235");
			assertThat(client.message("a@example.com", "Subject: x\r\n\r\n" + LARGE)).startsWith("250");
			user.command("MAIL FROM:<john@example.com>", "250");
			user.command("RCPT TO:<a@example.com>", "250");
			user.command("DATA", "354");
			user.send("Subject: y\r\n\r\n" + LARGE + "\r\n.\r\n").expect("250");
		}
		assertThat(subjects).containsExactly("x", "y");
		assertThat(BlockingCalls.all().subList(before, BlockingCalls.all().size()))
			.noneMatch((call) -> call.startsWith("mailio-"));
	}

}
