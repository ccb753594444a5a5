/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.SmtpServerStartException.Reason;
import io.mailio.command.Extension;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.HandlerConfigurationException;
import io.mailio.handler.KeepsNoMail;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.ContentBuffer;
import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** The life of a server: start, limits of connections, stop. */
class SmtpServerTests {

	@Test
	void theExampleOfTheJavadocReceivesMail() {
		List<String> subjects = new CopyOnWriteArrayList<>();
		SmtpServer server = SmtpServer.builder()
			.port(0)
			.domains("example.com")
			.handler("queue", "print", (req, res) -> {
				subjects.add(req.message().headers().first("Subject").orElse("(none)"));
				return res.accept();
			})
			.build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			assertThat(client.message("a@example.com", "Subject: Hello\r\n\r\nWorld")).startsWith("250 2.0.0 ");
			assertThat(subjects).containsExactly("Hello");
		}
	}

	@Test
	void mailIsKeptInAMaildirBeforeItIsAcknowledged(@TempDir Path directory) throws IOException {
		SmtpServer server = Mailroom.server().maildir(directory + "/%d/%n").build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			assertThat(client.message("Some.One@Example.com", "Subject: x\r\n\r\ny")).startsWith("250 2.0.0 ");
			try (var files = Files.list(directory.resolve("example.com/some.one/new"))) {
				assertThat(files.toList()).singleElement()
					.satisfies((file) -> assertThat(Files.readString(file)).startsWith(
							"Return-Path: <sender@client.example>\r\nDelivered-To: Some.One@Example.com\r\nReceived: from client.example")
						.endsWith("Subject: x\r\n\r\ny\r\n"));
			}
		}
	}

	@Test
	void theTraceHeaderSaysWhereTheMessageCameFrom() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = mailroom.start(); TestClient client = TestClient.hello(server.port())) {
			client.message("a@example.com", "x");
			assertThat(mailroom.letter().trace())
				.startsWith("Received: from client.example (localhost [127.0.0.1])\r\n")
				.contains("by mx.example.com with ESMTP id ")
				.contains("for <a@example.com>;");
		}
	}

	@Test
	void moreConnectionsThanAllowedAreTurnedAwayUntilOneEnds() {
		SmtpServer server = new Mailroom().open().limits(Limits.builder().maxConnections(2).build()).build();
		server.start();
		try (server; TestClient first = TestClient.hello(server.port())) {
			TestClient second = TestClient.hello(server.port());
			try (TestClient third = TestClient.connect(server.port())) {
				third.expect("421 4.7.0 Too many connections");
				third.expectClose();
			}
			assertThat(server.connections()).isEqualTo(2);
			second.command("QUIT", "221");
			second.expectClose();
			second.close();
			await().until(() -> server.connections() == 1);
			TestClient.hello(server.port()).close();
			first.command("NOOP", "250");
		}
	}

	@Test
	void moreConnectionsOfOneAddressThanAllowedAreTurnedAway() {
		SmtpServer server = new Mailroom().open().limits(Limits.builder().maxConnectionsPerAddress(1).build()).build();
		server.start();
		try (server) {
			TestClient first = TestClient.hello(server.port());
			try (TestClient second = TestClient.connect(server.port())) {
				second.expect("421 4.7.0 Too many connections");
				second.expectClose();
			}
			first.reset();
			await().until(() -> server.connections() == 0);
			TestClient.hello(server.port()).close();
		}
	}

	@Test
	void aPortInUseIsSaid() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SmtpServer server = Mailroom.server().port(taken.getLocalPort()).build();
			assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
				.withMessageContaining("port " + taken.getLocalPort())
				.withMessageContaining("already in use")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PORT_IN_USE));
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void aDirectoryForContentThatCannotBeMadeIsSaid(@TempDir Path directory) throws IOException {
		Path file = Files.createFile(directory.resolve("file"));
		SmtpServer server = Mailroom.server().content(new ContentBuffer.Options(0, file.resolve("below"))).build();
		assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
			.withMessageContaining("Cannot receive large messages")
			.withMessageContaining(file.resolve("below").toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.TEMPORARY_FILES));
		assertThat(server.isRunning()).isFalse();
	}

	@Test
	void anAddressOfAnotherMachineIsSaid() throws IOException {
		SmtpServer server = Mailroom.server().address(InetAddress.getByName("192.0.2.1")).build();
		assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ADDRESS_NOT_AVAILABLE));
	}

	@Test
	void aPortThatIsNotPermittedIsSaid() {
		InetSocketAddress address = new InetSocketAddress(25);
		for (String words : List.of("Permission denied", "bind(..) failed with error(-13): Permission denied")) {
			SmtpServerStartException ex = SmtpServerStartException.binding(address,
					new IllegalStateException("bind", new BindException(words)));
			assertThat(ex.reason()).isEqualTo(Reason.NOT_PERMITTED);
			assertThat(ex).hasMessage("Cannot listen on port 25: this process is not permitted to use the port");
			assertThat(ex.address()).isEqualTo(address);
		}
	}

	@Test
	void aHandlerForAListenerThatDoesNotExistIsSaidAtTheStart() {
		SmtpServer server = Mailroom.server()
			.handler("rcpt", "mine", (spec) -> spec.listeners("submission"), (req, res) -> res.accept())
			.build();
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(server::start)
			.withMessageContaining("rcpt/mine")
			.withMessageContaining("'submission', which does not exist");
		assertThat(server.isRunning()).isFalse();
	}

	@Test
	void aRecipientWithoutADirectoryIsRefusedAndTheOthersGetTheMessage(@TempDir Path directory) throws IOException {
		SmtpServer server = Mailroom.server().maildir(directory + "/%d/%n").build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<sender@client.example>", "250");
			client.command("RCPT TO:<\"\"@example.com>", "550 5.1.1 ");
			client.command("RCPT TO:<one@example.com>", "250 2.1.5");
			client.command("DATA", "354");
			client.command("Subject: x\r\n\r\ny\r\n.", "250 2.0.0 ");
			try (var mailboxes = Files.list(directory.resolve("example.com"))) {
				assertThat(mailboxes.toList()).containsExactly(directory.resolve("example.com/one"));
			}
			assertThat(directory.resolve("example.com/one/new")).isNotEmptyDirectory();
		}
		assertThat(server.handlers().get("rcpt")).contains("mailbox");
	}

	@Test
	void aServerThatWaitsForPasswordsButHasNoTlsSaysSo() {
		Logger logger = (Logger) LoggerFactory.getLogger(SmtpServer.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		try {
			start(new Mailroom().open().handler("auth", "mine", (req, res) -> res.accept()));
			assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
				.singleElement()
				.asString()
				.startsWith("AUTH is not offered to clients: it needs TLS");
			assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
			log.list.clear();
			start(new Mailroom().open());
			start(new Mailroom().open().authRequiresTls(false).handler("auth", "mine", (req, res) -> res.accept()));
			assertThat(log.list).isEmpty();
		}
		finally {
			logger.detachAppender(log);
		}
	}

	@Test
	void theLogSaysHowItListensAndWhatToDoInTheWordsOfWhoeverConfiguresIt() {
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.INFO)) {
			start(Mailroom.server().tls(TestKeys.FIRST.server()).handler("auth", "mine", (req, res) -> res.accept()));
			start(Mailroom.server()
				.listener("alone", (alone) -> alone.port(0).auth(AuthMode.REQUIRED).protocol(Protocol.LMTP))
				.authRequiresTls(false)
				.startAdvice((warning) -> "Do something about " + warning + "."));
			assertThat(log.lines()).filteredOn((line) -> line.contains(" listens on "))
				.satisfiesExactly(
						(one) -> assertThat(one).contains("SMTP server").contains("(STARTTLS, AUTH optional)"),
						(two) -> assertThat(two).contains("LMTP server").contains("(no TLS, AUTH required)"));
			assertThat(log.linesWithLevels()).contains(
					"WARN No handler keeps mail: every message for example.com, example.org will be refused with 554 5.3.5. "
							+ "Configure a maildir or add a handler for 'queue'.",
					"WARN Clients have to log in, but nobody can. Do something about NOBODY_CAN_LOG_IN.");
		}
	}

	/** A handler that looks at messages, as far as the server can tell. */
	private static class Looker implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept();
		}

	}

	private static final class HarmlessLooker extends Looker implements KeepsNoMail {

	}

	@Test
	void aHandlerThatSaysItKeepsNoMailDoesNotHideThatNobodyDoes() {
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.INFO)) {
			start(Mailroom.server().handler("queue", "looker", new HarmlessLooker()));
			assertThat(log.lines()).anyMatch((line) -> line.startsWith("No handler keeps mail"));
		}
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.INFO)) {
			start(Mailroom.server().handler("queue", "looker", new Looker()));
			assertThat(log.lines()).contains("Mail goes through headers, looker");
		}
	}

	private static void start(SmtpServer.Builder builder) {
		try (SmtpServer server = builder.build()) {
			server.start();
		}
	}

	@Test
	void aMailDirectoryThatCannotBeUsedIsSaidBeforeAnybodySendsMail(@TempDir Path directory) throws IOException {
		Path file = Files.createFile(directory.resolve("file"));
		SmtpServer server = Mailroom.server().maildir(file + "/%d/%n").build();
		assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STORAGE));
	}

	@Test
	void handlersThatCannotBeOrderedAreSaidAtTheStart() {
		SmtpServer server = Mailroom.server()
			.handler("rcpt", "mine", (spec) -> spec.before("dnsbll"), (req, res) -> res.accept())
			.build();
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(server::start);
		assertThat(server.isRunning()).isFalse();
	}

	@Test
	void optionsOutOfRangeAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpServer.builder().port(65536));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpServer.builder().hostname("a b"));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpServer.builder().domains("a\r\nb"));
		assertThatIllegalArgumentException().isThrownBy(() -> Limits.builder().errors(0).build())
			.withMessageContaining("errors");
		assertThatIllegalArgumentException().isThrownBy(() -> Limits.builder().idleTimeout(Duration.ZERO).build())
			.withMessageContaining("idle-timeout");
	}

	@Test
	void aServerThatDoesNotRunHasNoPort() {
		SmtpServer server = Mailroom.server().build();
		assertThatIllegalStateException().isThrownBy(server::port);
		assertThat(server.isRunning()).isFalse();
		assertThat(server.connections()).isZero();
		assertThat(server.drain()).isCompleted();
		server.stop();
		server.close();
	}

	@Test
	void aServerStartsAgainAfterItsStopAndStartsOnce() {
		SmtpServer server = new Mailroom().open().build();
		for (int i = 0; i < 3; i++) {
			server.start();
			server.start();
			TestClient.hello(server.port()).close();
			server.stop();
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void theSamePortCanBeUsedAgainAtOnce() {
		SmtpServer first = new Mailroom().start();
		int port = first.port();
		TestClient client = TestClient.hello(port);
		first.stop();
		client.close();
		SmtpServer second = new Mailroom().open().port(port).build();
		second.start();
		try (second) {
			TestClient.hello(port).close();
		}
	}

	@Test
	void noThreadIsLeftAfterAStop() {
		SmtpServer server = new Mailroom().open().handler("noop", "any", (req, res) -> res.accept()).build();
		server.start();
		TestClient client = TestClient.hello(server.port());
		client.command("NOOP", "250");
		client.message("a@example.com", "x");
		List<Thread> threads = mailioThreads();
		server.stop();
		client.close();
		await().untilAsserted(() -> assertThat(threads).filteredOn(Thread::isAlive).isEmpty());
	}

	private static List<Thread> mailioThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((one) -> one.getName().startsWith("mailio"))
			.toList();
	}

	@Test
	void itCanBeClosedAsSoonAsItIsDrained() {
		Mailroom mailroom = new Mailroom();
		SmtpServer server = mailroom.start();
		try (TestClient client = TestClient.hello(server.port()).data("a@example.com")) {
			CompletableFuture<Void> closed = server.drain().thenRun(server::close).toCompletableFuture();
			assertThat(closed).isNotDone();
			client.send("x\r\n.\r\n").expect("250 2.0.0 ");
			closed.orTimeout(20, TimeUnit.SECONDS).join();
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void whatFollowsTheDrainRunsOnAThreadOfItsOwnAlsoAfterTheGracePeriod() {
		SmtpServer server = new Mailroom().open().gracePeriod(Duration.ofMillis(50)).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port()).data("a@example.com")) {
			assertThat(server.drain()
				.thenApply((nothing) -> Thread.currentThread().getName())
				.toCompletableFuture()
				.orTimeout(20, TimeUnit.SECONDS)
				.join()).isEqualTo("mailio-drained");
		}
	}

	@Test
	void anInterruptedThreadClosesEverythingAndStaysInterrupted() {
		SmtpServer server = new Mailroom().start();
		try (TestClient client = TestClient.hello(server.port()).data("a@example.com")) {
			List<Thread> threads = mailioThreads();
			Thread.currentThread().interrupt();
			server.close();
			assertThat(Thread.interrupted()).isTrue();
			assertThat(server.isRunning()).isFalse();
			client.expect("421 4.3.2 ");
			client.expectClose();
			await().untilAsserted(() -> assertThat(threads).filteredOn(Thread::isAlive).isEmpty());
		}
		finally {
			Thread.interrupted();
		}
	}

	@Test
	void anInterruptedThreadThatCannotStartIsToldWhyAndLeavesNoThread() throws IOException {
		List<Thread> before = mailioThreads();
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SmtpServer server = Mailroom.server().port(taken.getLocalPort()).build();
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start);
			assertThat(Thread.interrupted()).isTrue();
			assertThat(server.isRunning()).isFalse();
		}
		finally {
			Thread.interrupted();
		}
		await().untilAsserted(() -> assertThat(mailioThreads()).isSubsetOf(before));
	}

	@Test
	void anExtensionThatFailsIsNotBlamedOnThePort() {
		SmtpServer server = Mailroom.server().extension(new Extension() {

			@Override
			public String keyword() {
				return "XBROKEN";
			}

			@Override
			public Set<String> mailParameters() {
				throw new IllegalStateException("broken");
			}

		}).build();
		assertThatIllegalStateException().isThrownBy(server::start).withMessage("broken");
		assertThat(server.isRunning()).isFalse();
	}

	@Test
	void aBuilderThatIsUsedAgainDoesNotChangeItsFirstServer() throws IOException {
		SmtpServer.Builder builder = SmtpServer.builder()
			.hostname("mx.example.com")
			.address(InetAddress.getLoopbackAddress())
			.port(0);
		SmtpServer first = builder.build();
		SmtpServer second = builder.hostname("mx.example.org")
			.address(InetAddress.getByName("192.0.2.1"))
			.handlerConfig((command, name) -> Map.of("key", "second"))
			.build();
		assertThat(first.domains()).containsExactly("example.com");
		assertThat(second.domains()).containsExactly("example.org");
		assertThat(second.hostname()).isEqualTo("mx.example.org");
		first.start();
		try (first) {
			assertThat(first.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
			List<String> seen = new CopyOnWriteArrayList<>();
			first.addHandler("noop", "config", (req, res) -> {
				seen.addAll(req.config().values());
				return res.accept();
			});
			try (TestClient client = TestClient.hello(first.port())) {
				client.command("NOOP", "250");
			}
			assertThat(seen).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "mx.example.com,example.com", "MX.Example.com,example.com", "example.com,example.com",
			"localhost,localhost", "a.mx.example.com,mx.example.com", "[192.0.2.1],[192.0.2.1]",
			"[IPv6:2001:db8::1],[ipv6:2001:db8::1]", "[IPv6:::ffff:192.0.2.1],[ipv6:::ffff:192.0.2.1]" })
	void theServedDomainFollowsFromTheHostName(String hostname, String domain) {
		assertThat(SmtpServer.builder().hostname(hostname).build().domains()).containsExactly(domain);
	}

	@Test
	void withTheMaildirGoesItsCheckOfNames(@TempDir Path directory) {
		SmtpServer kept = new Mailroom().open().maildir(directory + "/%d/%n").build();
		SmtpServer built = new Mailroom().open().maildir(directory + "/%d/%n").disable("queue", "maildir").build();
		SmtpServer switched = new Mailroom().open().maildir(directory + "/%d/%n").build();
		switched.disableHandler("queue", "maildir");
		assertThat(kept.handlers().get("rcpt")).contains("mailbox");
		assertThat(built.handlers().get("rcpt")).doesNotContain("mailbox");
		assertThat(switched.handlers().get("rcpt")).doesNotContain("mailbox");
	}

	@Test
	void idleSessionsAreToldThatTheServerStops() {
		SmtpServer server = new Mailroom().start();
		try (TestClient idle = TestClient.hello(server.port())) {
			server.stop();
			idle.expect("421 4.3.2 ");
			idle.expectClose();
		}
	}

	@Test
	void aMessageInFlightFinishesAndNobodyNewIsServed() {
		Mailroom mailroom = new Mailroom();
		SmtpServer server = mailroom.start();
		int port = server.port();
		try (TestClient client = TestClient.hello(port).data("a@example.com")) {
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
			await().until(() -> !accepts(port));
			assertThat(stopped).isNotDone();
			client.send("x\r\n.\r\n").expect("250 2.0.0 ");
			client.expect("421 4.3.2 ");
			client.expectClose();
			stopped.orTimeout(20, TimeUnit.SECONDS).join();
			assertThat(mailroom.letters()).hasSize(1);
		}
	}

	private static boolean accepts(int port) {
		try (TestClient probe = TestClient.connect(port)) {
			return !probe.readAll().isEmpty();
		}
		catch (java.io.UncheckedIOException ex) {
			return false;
		}
	}

	@Test
	void sessionsThatTakeTooLongAreEndedAfterTheGracePeriod() throws InterruptedException {
		CountDownLatch interrupted = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(1);
		SmtpServer server = new Mailroom().open()
			.gracePeriod(Duration.ofMillis(100))
			.handler("queue", "slow", (spec) -> spec.before("mailroom"), (req, res) -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
					throw ex;
				}
				return res.accept();
			})
			.build();
		server.start();
		try (TestClient client = TestClient.hello(server.port()).data("a@example.com");
				TestClient dawdler = TestClient.hello(server.port()).data("a@example.com")) {
			client.send("x\r\n.\r\n");
			assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
			client.expect("421 4.3.2 ");
			client.expectClose();
			dawdler.expect("421 4.3.2 ");
			assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
			client.close();
			dawdler.close();
			stopped.orTimeout(20, TimeUnit.SECONDS).join();
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void aHandlerThatIsAddedLaterServesNewSessions() {
		try (SmtpServer server = new Mailroom().start(); TestClient before = TestClient.hello(server.port())) {
			server.addHandler("noop", "mine", (req, res) -> res.reject(550, "No"));
			try (TestClient after = TestClient.hello(server.port())) {
				after.command("NOOP", "550 ");
				before.command("NOOP", "250 ");
			}
			assertThat(server.handlers().get("noop")).containsExactly("core", "mine");
		}
	}

	@Test
	void aUsersExecutorIsUsedAndNotShutDown() {
		List<Thread> used = new CopyOnWriteArrayList<>();
		var executor = java.util.concurrent.Executors.newSingleThreadExecutor();
		try {
			SmtpServer server = new Mailroom().open().handlerExecutor(executor).handler("noop", "any", (req, res) -> {
				used.add(Thread.currentThread());
				return res.accept();
			}).build();
			server.start();
			try (server; TestClient client = TestClient.hello(server.port())) {
				client.command("NOOP", "250");
			}
			assertThat(used).hasSize(1);
			assertThat(executor.isShutdown()).isFalse();
		}
		finally {
			executor.shutdownNow();
		}
	}

}
