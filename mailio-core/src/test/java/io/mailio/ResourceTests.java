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
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.message.ContentBuffer;
import io.mailio.session.Limits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

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

	@TempDir
	private Path directory;

	@Test
	void abruptEndsInEachPhaseLeaveNothingBehind() throws IOException {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		ListAppender<ILoggingEvent> leaks = new ListAppender<>();
		leaks.start();
		Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
		logger.addAppender(leaks);
		SmtpServer server = server();
		try (server) {
			visit(server);
			long before = directMemory();
			for (int round = 0; round < 10; round++) {
				visit(server);
			}
			assertThat(directMemory() - before).as("growth of direct memory").isLessThan(4 * 1024 * 1024);
			collectGarbage();
			visit(server);
			assertThat(leaks.list).isEmpty();
		}
		finally {
			logger.detachAppender(leaks);
		}
	}

	private SmtpServer server() {
		SmtpServer server = new Mailroom().open()
			.authRequiresTls(false)
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

	private void visit(SmtpServer server) throws IOException {
		for (String phase : PHASES) {
			TestClient crashing = TestClient.connect(server.port());
			crashing.send(phase).reset();
			TestClient leaving = TestClient.connect(server.port());
			leaving.send(phase).close();
			TestClient greeted = TestClient.connect(server.port());
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

	/** Leaks are found when the next buffer is made after a collection. */
	private static void collectGarbage() {
		java.lang.ref.WeakReference<Object> canary = new java.lang.ref.WeakReference<>(new Object());
		await().until(() -> {
			System.gc();
			return canary.get() == null;
		});
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
