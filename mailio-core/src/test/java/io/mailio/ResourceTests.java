/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import io.mailio.message.ContentBuffer;
import io.mailio.session.Limits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever a client does and whenever it leaves: everything it made us take is given
 * back.
 */
class ResourceTests {

	private static final String HELLO = "EHLO c\r\n";

	private static final String ENVELOPE = HELLO + "MAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\n";

	private static final String SPILLED = ("a".repeat(98) + "\r\n").repeat(200);

	/** What a client has said when it leaves. */
	private static final List<String> PHASES = List.of("", "EHL", HELLO, ENVELOPE, ENVELOPE + "DATA\r\n",
			ENVELOPE + "DATA\r\n\r\nsome", ENVELOPE + "DATA\r\n\r\n" + SPILLED,
			ENVELOPE + "DATA\r\n\r\n" + SPILLED + ".", ENVELOPE + "DATA\r\n\r\n" + SPILLED + ".\r\n",
			ENVELOPE + "DATA\r\n\r\n" + SPILLED + ".\r\nNOOP\r\nNO", ENVELOPE + "DATA\r\n\r\n\n" + SPILLED,
			HELLO + "BDAT 10\r\nab", ENVELOPE + "BDAT 30000\r\n" + SPILLED, ENVELOPE + "BDAT 20000\r\n" + SPILLED,
			ENVELOPE + "BDAT 20000\r\n" + SPILLED + "RSET\r\n", ENVELOPE + "BDAT 20000 LAST\r\n" + SPILLED,
			HELLO + "XWAIT\r\n", HELLO + "XWAIT\r\nNOOP\r\nNOOP\r\n", HELLO + "XASK\r\n",
			HELLO + "XASK\r\npart of a li", HELLO + "AUTH LOGIN\r\n", HELLO + "AUTH LOGIN\r\nam9", HELLO + "QUIT\r\n",
			HELLO + "QUIT\r\nNOOP\r\n", "a".repeat(5000), "NOOP\nNOOP");

	/** The same before and within the handshake: nothing, a part, noise, clear text. */
	private static final List<String> HANDSHAKES = List.of(HELLO + "STARTTLS\r\n",
			HELLO + "STARTTLS\r\n\u0016\u0003\u0001",
			HELLO + "STARTTLS\r\n\u0016\u0003\u0001\0\u0040\u0001\0\0\u003c" + "\u00ff".repeat(60),
			HELLO + "STARTTLS\r\nNOOP\r\n", "\u0016\u0003\u0001\u0002", "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

	@TempDir
	private Path directory;

	@Test
	void abruptEndsInEachPhaseLeaveNothingBehind() throws IOException {
		try (SmtpServer server = server()) {
			visit(server, PHASES, TestClient::connect);
			long before = directMemory();
			for (int round = 0; round < 10; round++) {
				visit(server, PHASES, TestClient::connect);
			}
			assertThat(directMemory() - before).as("growth of direct memory").isLessThan(4 * 1024 * 1024);
		}
		LeakWatch.collectGarbage();
		LeakWatch.check();
	}

	@Test
	void abruptEndsInEachPhaseUnderTlsLeaveNothingBehind() throws IOException {
		SSLContext trust = TestKeys.FIRST.client();
		try (SmtpServer server = server()) {
			visit(server, PHASES, (port) -> TestClient.startTls(port, trust));
			long before = directMemory();
			for (int round = 0; round < 3; round++) {
				visit(server, PHASES, (port) -> TestClient.startTls(port, trust));
				visit(server, HANDSHAKES, TestClient::connect);
			}
			assertThat(directMemory() - before).as("growth of direct memory").isLessThan(4 * 1024 * 1024);
		}
		LeakWatch.collectGarbage();
		LeakWatch.check();
	}

	private SmtpServer server() {
		SmtpServer server = new Mailroom().open()
			.authRequiresTls(false)
			.tls(TestKeys.FIRST.server())
			.content(new ContentBuffer.Options(4096, this.directory))
			.handler("queue", "slow", (spec) -> spec.before("mailroom"), (req, res) -> {
				req.message().mime();
				new CountDownLatch(1).await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
				return res.accept();
			})
			.handler("auth", "all", (req, res) -> res.accept())
			.handler("xwait", "wait", (req, res) -> {
				new CountDownLatch(1).await();
				return res.accept();
			})
			.handler("xask", "ask", (req, res) -> res.accept(250, res.read()))
			.build();
		server.start();
		return server;
	}

	private void visit(SmtpServer server, List<String> phases, IntFunction<TestClient> connection) throws IOException {
		for (String phase : phases) {
			TestClient crashing = connection.apply(server.port());
			crashing.send(phase).reset();
			TestClient leaving = connection.apply(server.port());
			leaving.send(phase).close();
			TestClient greeted = connection.apply(server.port());
			greeted.expect("220");
			greeted.send(phase).close();
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
		await().atMost(Duration.ofSeconds(20)).until(() -> openTemporaryFiles() == 0);
		try (Stream<Path> left = Files.list(this.directory)) {
			assertThat(left).isEmpty();
		}
	}

	/** Those without a name too, where the system tells. */
	private long openTemporaryFiles() {
		Path descriptors = Path.of("/proc/self/fd");
		if (!Files.isDirectory(descriptors)) {
			return 0;
		}
		try (Stream<Path> open = Files.list(descriptors)) {
			return open.filter((descriptor) -> target(descriptor).startsWith(this.directory.toString())).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static long directMemory() {
		return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
	}

	@Test
	void megabytesWithoutANewlineCostNoMemory() {
		try (SmtpServer server = new Mailroom().start()) {
			long before = directMemory();
			flood(TestClient.connect(server.port()), "500 5.5.2 ");
			assertThat(directMemory() - before).isLessThan(8 * 1024 * 1024);
			await().until(() -> server.connections() == 0);
		}
	}

	@Test
	void megabytesOfContentWithoutANewlineCostNoMemory() {
		SmtpServer server = new Mailroom().open()
			.limits(Limits.builder().messageSize(100_000).build())
			.content(new ContentBuffer.Options(4096, this.directory))
			.build();
		server.start();
		try (server) {
			long before = directMemory();
			TestClient client = TestClient.hello(server.port()).data("b@example.com");
			flood(client, "552 5.3.4 ");
			assertThat(directMemory() - before).isLessThan(8 * 1024 * 1024);
			await().until(() -> server.connections() == 0);
			assertThat(openTemporaryFiles()).isZero();
		}
	}

	@Test
	void megabytesOfHeaderFieldsCostNoMemory() {
		try (SmtpServer server = new Mailroom().start();
				TestClient client = TestClient.hello(server.port()).data("b@example.com")) {
			long before = directMemory();
			String block = "X-Field: value\r\n".repeat(64 * 1024);
			for (int i = 0; i < 64; i++) {
				client.send(block);
				assertThat(directMemory() - before).isLessThan(8 * 1024 * 1024);
			}
			client.send(".\r\n").expect("552 5.3.4");
			assertThat(client.message("b@example.com", "Subject: x")).startsWith("250");
		}
	}

	/** Sends 64 MiB, or until the server has had enough, and looks for its last word. */
	private static void flood(TestClient client, String lastWord) {
		byte[] block = new byte[1024 * 1024];
		java.util.Arrays.fill(block, (byte) 'a');
		try (client) {
			for (int i = 0; i < 64; i++) {
				client.send(block);
			}
			assertThat(client.readAll()).contains(lastWord);
		}
		catch (UncheckedIOException ex) {
			assertThat(ex).hasMessageMatching(".*(reset|Broken pipe).*");
		}
	}

}
