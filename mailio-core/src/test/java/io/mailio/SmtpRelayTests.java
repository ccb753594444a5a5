/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.message.Content;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageState;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;
import io.mailio.session.AuthMode;
import io.mailio.session.Protocol;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A server that sends mail on, and another one that takes it. */
class SmtpRelayTests {

	static final String LOGIN = "AUTH PLAIN "
			+ Base64.getEncoder().encodeToString("\0user@example.com\0secret".getBytes(StandardCharsets.US_ASCII));

	@TempDir
	Path directory;

	private final Mailroom elsewhere = new Mailroom();

	private SmtpServer other = this.elsewhere.open().domains("elsewhere.example").build();

	@AfterEach
	void stop() {
		this.other.close();
	}

	private SmtpServer.Builder server(int smartHostPort, Consumer<RelaySpec> more) {
		return Mailroom.server()
			.authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.maildir(this.directory.resolve("mail") + "/%n")
			.relay((relay) -> {
				relay.directory(this.directory.resolve("queue"));
				relay.routing(through(smartHostPort));
				more.accept(relay);
			});
	}

	static RoutingOptions through(int port) {
		RoutingOptions defaults = RoutingOptions.defaults();
		return new RoutingOptions(List.of(RoutingRule.all(new SmartHost("127.0.0.1", port))), defaults.port(), false,
				defaults.addressOrder(), defaults.maxHosts(), defaults.maxAddresses());
	}

	private SmtpServer start(Consumer<RelaySpec> more) {
		this.other.start();
		return started(server(this.other.port(), more).build());
	}

	private SmtpServer start() {
		return start((relay) -> {
		});
	}

	private static SmtpServer started(SmtpServer server) {
		server.start();
		return server;
	}

	private List<String> maildir(String user) {
		Path folder = this.directory.resolve("mail").resolve(user).resolve("new");
		if (!Files.isDirectory(folder)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.map(SmtpRelayTests::read).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static SmtpRelay relay(SmtpServer server) {
		return server.relay().orElseThrow();
	}

	static void send(TestClient client, String from, String... to) {
		client.command("MAIL FROM:<" + from + ">", "250");
		for (String recipient : to) {
			client.command("RCPT TO:<" + recipient + ">", "250");
		}
		client.command("DATA", "354");
		client.command("Subject: hello\r\n\r\n..text\r\n.", "250");
	}

	private Mailroom.Letter arrived() {
		Awaitility.await().until(() -> !this.elsewhere.letters().isEmpty());
		return this.elsewhere.letter();
	}

	@Test
	void whoIsLoggedInSendsToOtherServers() {
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example");
			Mailroom.Letter letter = arrived();
			assertThat(letter.envelope().from()).hasToString("user@example.com");
			assertThat(letter.envelope().to()).extracting(Mailbox::toString)
				.containsExactly("friend@elsewhere.example");
			assertThat(letter.content()).startsWith("Received: from client.example ")
				.contains(" with ESMTPA id ")
				.endsWith("\r\nSubject: hello\r\n\r\n.text\r\n");
			Awaitility.await().untilAsserted(() -> assertThat(relay(server).queue().counts().messages()).isZero());
		}
	}

	@Test
	void whoIsNotLoggedInSendsNeitherToOthersNorInOurName() {
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<user@example.com>", "250");
			client.command("RCPT TO:<friend@elsewhere.example>", "550 5.7.1 Relaying denied: authentication required");
			client.command("RCPT TO:<other@example.com>", "550 5.7.1 Authentication required");
			client.command("RSET", "250");
			send(client, "friend@elsewhere.example", "other@example.com");
			assertThat(maildir("other")).hasSize(1);
			assertThat(relay(server).queue().counts().messages()).isZero();
		}
	}

	@Test
	void nobodyIsToldToLogInWhereThatIsNotPossible() {
		SmtpServer.Builder builder = server(25, (relay) -> {
		}).listener("mx", (mx) -> mx.port(0).address(InetAddress.getLoopbackAddress()).auth(AuthMode.NONE));
		try (SmtpServer server = started(builder.build()); TestClient client = TestClient.hello(server.port("mx"))) {
			client.command("MAIL FROM:<user@foreign.example>", "250");
			assertThat(client.command("RCPT TO:<friend@elsewhere.example>", "550 5.7.1 Relaying denied"))
				.doesNotContain("authentication");
		}
	}

	@Test
	void mailOfForeignSendersIsRelayedByAnOpenRelayOnly() {
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			client.command("MAIL FROM:<user@foreign.example>", "250");
			client.command("RCPT TO:<friend@elsewhere.example>", "550 5.7.1");
		}
		try (SmtpServer server = start((relay) -> relay.rules(new RelayRules(true, true, true)));
				TestClient client = TestClient.hello(server.port())) {
			send(client, "user@foreign.example", "friend@elsewhere.example");
			assertThat(arrived().envelope().from()).hasToString("user@foreign.example");
		}
	}

	@Test
	void whatIsForUsAndForOthersIsKeptForBoth() {
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example", "other@example.org");
			assertThat(maildir("other")).singleElement().asString().contains("Subject: hello");
			assertThat(arrived().envelope().to()).extracting(Mailbox::toString)
				.containsExactly("friend@elsewhere.example");
		}
	}

	@Test
	void theLogSaysForHowManyAMessageIsQueuedAndUnderWhichName() {
		List<String> queued = new CopyOnWriteArrayList<>();
		RelayListener listener = new RelayListener() {

			@Override
			public void queued(QueueId id, Envelope envelope) {
				queued.add(id.toString());
			}

		};
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.INFO);
				SmtpServer server = start((relay) -> relay.listener(listener));
				TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example", "ann@elsewhere.example", "other@example.org");
			Awaitility.await().until(() -> !queued.isEmpty());
			assertThat(log.lines()).anyMatch((line) -> line.contains("queue/relay:2(" + queued.get(0) + ")"));
		}
	}

	@Test
	void whatCannotBeQueuedIsKeptForNobody() {
		this.other.start();
		Consumer<RelaySpec> full = (relay) -> relay.queue(() -> FileQueue
			.open(new FileQueueOptions(this.directory.resolve("full"), 1024 * 1024, 1024, Long.MAX_VALUE)));
		try (LogWatch log = LogWatch.of("io.mailio", Level.WARN);
				SmtpServer server = started(server(this.other.port(), full).build());
				TestClient client = TestClient.hello(server.port())) {
			assertThat(log.lines()).singleElement()
				.asString()
				.matches("No message can be queued in .*full: \\d+ MiB of its disk are free of \\d+ MiB, "
						+ "and min-free-space is 8796093022207 MiB");
			client.command(LOGIN, "235");
			client.command("MAIL FROM:<user@example.com>", "250");
			client.command("RCPT TO:<other@example.com>", "250");
			client.command("RCPT TO:<friend@elsewhere.example>", "250");
			client.command("DATA", "354");
			client.command("x: y\r\n.", "452 4.3.1");
			assertThat(log.lines()).hasSize(2)
				.last()
				.asString()
				.matches(
						"No room in the queue for a message of \\d+ octets: The disk of the queue .*full is full: \\d+ MiB "
								+ "are free, and behind the message there must be 8796093022207 MiB \\(min-free-space\\)");
			assertThat(maildir("other")).isEmpty();
			send(client, "user@example.com", "other@example.com");
			assertThat(maildir("other")).hasSize(1);
		}
	}

	@Test
	void whatComesBackIsPutIntoTheMailboxOfItsSender() {
		this.other = Mailroom.server()
			.domains("elsewhere.example")
			.handler("rcpt", "nobody", (req, res) -> res.reject(550, "5.1.1 No such user here"))
			.handler("queue", "never", (req, res) -> res.accept())
			.build();
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "nobody@elsewhere.example");
			Awaitility.await().until(() -> !maildir("user").isEmpty());
			assertThat(maildir("user")).singleElement()
				.asString()
				.startsWith("Return-Path: <>\r\nDelivered-To: user@example.com\r\n")
				.contains("Content-Type: multipart/report", "Final-Recipient: rfc822; nobody@elsewhere.example",
						"Diagnostic-Code: smtp; 550 5.1.1 No such user here", "Subject: hello");
			Awaitility.await().untilAsserted(() -> assertThat(relay(server).queue().counts().messages()).isZero());
		}
	}

	@Test
	void whoIsRefusedAfterTheContentIsReturnedToTheSender() {
		this.other.start();
		SmtpServer server = server(this.other.port(), (relay) -> {
		}).handler("queue", "picky", (req, res) -> {
			if (req.session().envelope().to().contains(Mailbox.of("full@example.com"))) {
				res.rejectRecipient(Mailbox.of("full@example.com"), new Reply(552, "5.2.2 Mailbox full"));
			}
			return res.accept();
		}).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "full@example.com", "other@example.com");
			assertThat(maildir("other")).hasSize(1);
			assertThat(maildir("full")).isEmpty();
			Awaitility.await().until(() -> !maildir("user").isEmpty());
			assertThat(maildir("user")).singleElement()
				.asString()
				.contains("Final-Recipient: rfc822; full@example.com", "Status: 5.2.2", "Subject: hello")
				.doesNotContain("rfc822; other@example.com");
			client.command("RSET", "250");
			client.command("MAIL FROM:<>", "250");
			client.command("RCPT TO:<full@example.com>", "250");
			client.command("RCPT TO:<other@example.com>", "250");
			client.command("DATA", "354");
			client.command("x: y\r\n.", "250");
			assertThat(maildir("other")).hasSize(2);
			assertThat(relay(server).queue().counts().messages()).isZero();
		}
	}

	@Test
	void nobodyMakesUsMailContentToWhomeverHeNames() {
		this.other.start();
		SmtpServer server = server(this.other.port(), (relay) -> {
		}).handler("queue", "picky", (req, res) -> {
			res.rejectRecipient(Mailbox.of("full@example.com"), new Reply(552, "5.2.2 Mailbox full"));
			return res.accept();
		}).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<victim@elsewhere.example> RET=FULL", "250");
			client.command("RCPT TO:<full@example.com>", "250");
			client.command("RCPT TO:<other@example.com>", "250");
			client.command("DATA", "354");
			client.command("Subject: hello\r\n\r\nbuy this\r\n.", "250");
			assertThat(arrived().content()).contains("rfc822; full@example.com", "Subject: hello")
				.doesNotContain("buy this");
		}
	}

	@Test
	void whoeverKnowsThatAServerIsThereAgainNeedNotWait() throws Exception {
		isTriedAtOnce((relay, id) -> assertThat(relay.retryNow(id)).isTrue());
	}

	@Test
	void whatIsReleasedNeedNotWait() throws Exception {
		isTriedAtOnce((relay, id) -> {
			relay.queue().hold(id);
			relay.queue().retryNow(id);
			relay.queue().release(id);
		});
	}

	@Test
	void aDestinationThatIsResumedNeedNotWait() throws Exception {
		isTriedAtOnce((relay, id) -> {
			String destination = relay.queue().counts().destinations().keySet().iterator().next();
			relay.queue().suspend(destination);
			// A new message is not deferred: only the destination is paused.
			relay.queue().delete(id);
			relay.send(Envelope.of(ReversePath.NULL, Mailbox.of("friend@elsewhere.example")), source("a: b\r\n"))
				.toCompletableFuture()
				.join();
			relay.queue().resume(destination);
		});
	}

	private void isTriedAtOnce(BiConsumer<SmtpRelay, QueueId> action) throws Exception {
		this.other.start();
		int port = this.other.port();
		this.other.close();
		SmtpServer server = server(port, (relay) -> {
		}).build();
		server.start();
		try (server) {
			QueueId id = relay(server)
				.send(Envelope.of(ReversePath.NULL, Mailbox.of("friend@elsewhere.example")), source("a: b\r\n"))
				.toCompletableFuture()
				.join();
			Awaitility.await().until(() -> state(server).equals(Optional.of(MessageState.DEFERRED)));
			this.other = this.elsewhere.open().domains("elsewhere.example").port(port).build();
			this.other.start();
			action.accept(relay(server), id);
			assertThat(arrived().content()).contains("a: b");
		}
	}

	@Test
	void everyMessageThatTheQueueTakesIsToldOf() {
		List<String> queued = new CopyOnWriteArrayList<>();
		AtomicReference<RelayListener> deaf = new AtomicReference<>();
		Supplier<List<RelayListener>> listeners = () -> List.of(new RelayListener() {

			@Override
			public void queued(QueueId id, Envelope envelope) {
				queued.add(id + " " + envelope.from() + " " + envelope.to());
				throw new IllegalStateException("changes nothing");
			}

		}, deaf.get());
		deaf.set(new RelayListener() {

			@Override
			public boolean hearsQueued() {
				return false;
			}

			@Override
			public void queued(QueueId id, Envelope envelope) {
				queued.add("never");
			}

		});
		try (LogWatch log = LogWatch.of("io.mailio", Level.ERROR);
				SmtpServer server = start((relay) -> relay.listeners(listeners));
				TestClient client = TestClient.hello(server.port())) {
			QueueId id = relay(server)
				.send(Envelope.of(ReversePath.of(Mailbox.of("app@example.com")), Mailbox.of("b@elsewhere.example"),
						Mailbox.of("a@elsewhere.example")), source("a: b\r\n"))
				.toCompletableFuture()
				.join();
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example");
			Awaitility.await().until(() -> queued.size() == 2);
			assertThat(queued.get(0)).isEqualTo(id + " app@example.com [b@elsewhere.example, a@elsewhere.example]");
			assertThat(queued.get(1)).endsWith(" user@example.com [friend@elsewhere.example]");
			Awaitility.await().until(() -> log.lines().size() == 2);
			assertThat(log.lines()).allSatisfy((line) -> assertThat(line).contains("listener", "failed"));
		}
	}

	@Test
	void notificationsAreToldOfToo() {
		List<String> queued = new CopyOnWriteArrayList<>();
		RelayListener listener = new RelayListener() {

			@Override
			public void queued(QueueId id, Envelope envelope) {
				queued.add(envelope.from() + " to " + envelope.to());
			}

		};
		this.other = this.elsewhere.open()
			.domains("elsewhere.example")
			.handler("rcpt", "nobody", (req, res) -> res.reject(550, "Nobody here"))
			.build();
		try (SmtpServer server = start((relay) -> relay.listener(listener))) {
			relay(server).send(
					Envelope.of(ReversePath.of(Mailbox.of("app@example.com")), Mailbox.of("friend@elsewhere.example")),
					source("a: b\r\n"));
			Awaitility.await().until(() -> queued.size() == 2);
			assertThat(queued).containsExactly("app@example.com to [friend@elsewhere.example]",
					ReversePath.NULL + " to [app@example.com]");
		}
	}

	@Test
	void mailForAHostThatIsNotConfiguredAnyMoreWaits() throws Exception {
		this.other.start();
		int before = this.other.port();
		this.other.close();
		SmtpServer server = server(before, (relay) -> {
		}).build();
		server.start();
		try (TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example");
			Awaitility.await().until(() -> state(server).equals(Optional.of(MessageState.DEFERRED)));
		}
		server.close();
		this.other = this.elsewhere.open().domains("elsewhere.example").build();
		this.other.start();
		try (SmtpServer next = started(server(this.other.port(), (relay) -> {
		}).build())) {
			QueueId id = relay(next).queue().list(QueueFilter.first(1)).get(0).id();
			relay(next).queue().retryNow(id);
			Awaitility.await()
				.untilAsserted(() -> assertThat(relay(next).queue().find(id).orElseThrow().waiting()).singleElement()
					.extracting(QueuedMessage.Waiting::lastReply)
					.asString()
					.startsWith("451 4.4.4 ")
					.contains("is not configured any more"));
			assertThat(this.elsewhere.letters()).isEmpty();
		}
	}

	@Test
	void aMailboxThatFailsKeepsTheOthersFromNothing() {
		LocalDelivery fragile = new LocalDelivery() {

			@Override
			public boolean serves(Mailbox recipient) {
				return true;
			}

			@Override
			public List<Outcome> deliver(Envelope envelope, Content content) {
				if (envelope.to().contains(Mailbox.of("broken@example.com"))) {
					throw new IllegalStateException("on purpose");
				}
				return List.of(new Outcome(envelope.to().get(0), Outcome.Kind.DELIVERED, new Reply(250, "Kept")),
						new Outcome(Mailbox.of("nobody@example.com"), Outcome.Kind.DELIVERED, new Reply(250, "Kept")));
			}

		};
		try (LogWatch log = LogWatch.of("io.mailio.relay", Level.ERROR);
				SmtpServer server = start((relay) -> relay.local(fragile))) {
			for (String user : List.of("broken", "fine")) {
				relay(server).send(Envelope.of(ReversePath.NULL, Mailbox.of(user + "@example.com")), source("a: b\r\n"))
					.toCompletableFuture()
					.join();
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(relay(server).queue().list(QueueFilter.first(9))).singleElement()
					.satisfies((left) -> assertThat(left.waiting().get(0).attempts()).isEqualTo(1)));
			assertThat(log.lines()).anySatisfy((line) -> assertThat(line).contains("could not be put into a mailbox"));
		}
	}

	@Test
	void whoIsInterruptedWhileReadingTheQueueLeavesItReadable() throws Exception {
		Envelope envelope = Envelope.of(ReversePath.NULL, Mailbox.of("friend@elsewhere.example"));
		Instant later = Instant.now().plus(Duration.ofDays(1));
		try (SmtpServer server = start()) {
			QueueId id = relay(server).send(envelope, source("a: b\r\n"), later).toCompletableFuture().join();
			Thread.currentThread().interrupt();
			assertThat(relay(server).queue().find(id)).isPresent();
			assertThat(Thread.interrupted()).isTrue();
			relay(server).queue().retryNow(id);
			assertThat(arrived().content()).contains("a: b");
			relay(server).send(envelope, source("a: c\r\n")).toCompletableFuture().join();
			Awaitility.await().until(() -> this.elsewhere.letters().size() == 2);
		}
	}

	@Test
	void whatWaitsSurvivesARestart() throws Exception {
		this.other.start();
		int port = this.other.port();
		this.other.close();
		SmtpServer server = server(port, (relay) -> {
		}).build();
		server.start();
		try (TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			send(client, "user@example.com", "friend@elsewhere.example");
			Awaitility.await().until(() -> state(server).equals(Optional.of(MessageState.DEFERRED)));
		}
		server.close();
		assertThatIllegalStateException().isThrownBy(() -> relay(server).queue()).withMessageContaining("does not run");
		this.other = this.elsewhere.open().domains("elsewhere.example").port(port).build();
		this.other.start();
		server.start();
		try {
			QueuedMessage waiting = relay(server).queue().list(QueueFilter.first(2)).get(0);
			assertThat(waiting.waiting()).singleElement().satisfies((one) -> assertThat(one.attempts()).isEqualTo(1));
			assertThat(relay(server).retryNow(waiting.id())).isTrue();
			assertThat(arrived().content()).contains("Subject: hello");
			assertThat(relay(server).retryNow(QueueId.parse("0000000000000001"))).isFalse();
		}
		finally {
			server.close();
		}
	}

	private static Optional<MessageState> state(SmtpServer server) throws IOException {
		return relay(server).queue()
			.list(QueueFilter.first(1))
			.stream()
			.map((message) -> message.waiting().get(0).state())
			.findFirst();
	}

	@ParameterizedTest
	@ValueSource(strings = { "headers", "something-else" })
	void aMessageThatGoesRoundInACircleIsRefusedWhicheverHandlerIsOff(String off) {
		this.other.start();
		SmtpServer server = server(this.other.port(), (relay) -> {
		}).headers(new HeadersOptions(1000, 1000, 3, true)).disable("queue", off).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command(LOGIN, "235");
			for (int hops : new int[] { 2, 3 }) {
				client.command("MAIL FROM:<user@example.com>", "250");
				client.command("RCPT TO:<friend@elsewhere.example>", "250");
				client.command("DATA", "354");
				client.command("Received: by somebody\r\n".repeat(hops) + "\r\n.", (hops == 2) ? "250" : "554 5.4.6");
			}
		}
	}

	@Test
	void clientsOfLmtpDeliverAndSendNothingOn() {
		this.other.start();
		SmtpServer server = server(this.other.port(), (relay) -> relay.rules(new RelayRules(true, true, true)))
			.listener("local",
					(local) -> local.port(0).address(java.net.InetAddress.getLoopbackAddress()).protocol(Protocol.LMTP))
			.build();
		server.start();
		try (TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			client.command("LHLO mda", "250");
			client.command("MAIL FROM:<user@example.com>", "250");
			client.command("RCPT TO:<friend@elsewhere.example>", "550 5.7.1 Relaying denied");
			client.command("RCPT TO:<other@example.com>", "250");
		}
		finally {
			server.close();
		}
	}

	static NewMessage.Source source(String text) {
		byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
		return new NewMessage.Source() {

			@Override
			public long size() {
				return octets.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(octets);
			}

		};
	}

	@Test
	void theApplicationSendsToOthersAndToItsOwnMailboxes() {
		Envelope envelope = Envelope.of(ReversePath.of(Mailbox.of("app@example.com")),
				Mailbox.of("friend@elsewhere.example"), Mailbox.of("other@example.com"));
		this.other.start();
		SmtpServer server = server(this.other.port(), (relay) -> {
		}).build();
		assertThatIllegalStateException().isThrownBy(() -> relay(server).send(envelope, source("a: b\r\n")));
		server.start();
		try (server) {
			QueueId id = relay(server).send(envelope, source("Subject: from us\r\n\r\n")).toCompletableFuture().join();
			assertThat(id.toString()).isNotEmpty();
			assertThat(this.arrived().envelope().from()).hasToString("app@example.com");
			Awaitility.await().until(() -> !maildir("other").isEmpty());
			assertThat(maildir("other")).singleElement().asString().contains("Subject: from us");
		}
	}

	@Test
	void whatIsToBeSentLaterWaits() throws Exception {
		Envelope envelope = Envelope.of(ReversePath.NULL, Mailbox.of("friend@elsewhere.example"));
		try (SmtpServer server = start()) {
			Instant later = Instant.now().plus(Duration.ofDays(1));
			QueueId id = relay(server).send(envelope, source("a: b\r\n"), later).toCompletableFuture().join();
			relay(server).send(envelope, source("c: d\r\n")).toCompletableFuture().join();
			assertThat(arrived().content()).contains("c: d");
			assertThat(relay(server).queue().find(id)).get()
				.extracting((message) -> message.waiting().get(0).state())
				.isEqualTo(MessageState.DEFERRED);
		}
	}

	@Test
	void theLogSaysWhatSomebodyDoesToTheQueue() {
		Envelope envelope = Envelope.of(ReversePath.of(Mailbox.of("app@example.com")),
				Mailbox.of("friend@elsewhere.example"), Mailbox.of("ann@elsewhere.example"));
		Instant later = Instant.now().plus(Duration.ofDays(1));
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO); SmtpServer server = start()) {
			QueueId id = relay(server).send(envelope, source("a: b\r\n"), later).toCompletableFuture().join();
			MessageQueue queue = relay(server).queue();
			queue.suspend("[127.0.0.1]:" + this.other.port());
			queue.suspend("odd\n.example");
			queue.hold(id);
			relay(server).retryNow(id);
			queue.release(id);
			queue.delete(id);
			queue.resume("odd\n.example");
			queue.delete(id);
			queue.hold(id);
			assertThat(log.linesWithLevels()).containsExactly(
					"INFO Destination suspended: destination=[127.0.0.1]:" + this.other.port(),
					"INFO Destination suspended: destination=odd\\u{a}.example", "INFO Message held: queue=" + id,
					"INFO Message to be tried again at once: queue=" + id, "INFO Message released: queue=" + id,
					"INFO Message deleted: queue=" + id
							+ " from=<app@example.com> to=<friend@elsewhere.example> recipients=2",
					"INFO Destination resumed: destination=odd\\u{a}.example");
		}
	}

	@Test
	void theLogSaysAtStartWhatWaits() {
		Envelope envelope = Envelope.of(ReversePath.NULL, Mailbox.of("friend@elsewhere.example"));
		Instant later = Instant.now().plus(Duration.ofDays(1));
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO); SmtpServer server = start()) {
			assertThat(log.lines()).isEmpty();
			relay(server).send(envelope, source("a: b\r\n"), later).toCompletableFuture().join();
			for (int i = 0; i < 12; i++) {
				relay(server).queue().suspend("d%02d.example".formatted(i));
			}
		}
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO); SmtpServer server = start()) {
			assertThat(server.isRunning()).isTrue();
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith(
						"INFO Messages that wait in the queue: 1, suspended destinations: d00.example, d01.example, ")
				.endsWith("d09.example and 2 more");
		}
	}

	@Test
	void theLogSaysWhatBecomesOfAMessage() {
		Envelope envelope = Envelope.of(ReversePath.of(Mailbox.of("app@example.com")),
				Mailbox.of("friend@elsewhere.example"));
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO); SmtpServer server = start()) {
			QueueId id = relay(server).send(envelope, source("a: b\r\n")).toCompletableFuture().join();
			Awaitility.await()
				.untilAsserted(() -> assertThat(log.lines()).singleElement()
					.asString()
					.startsWith("Message delivered: queue=" + id + " destination=[127.0.0.1]:" + this.other.port()
							+ " from=<app@example.com> to=<friend@elsewhere.example> recipients=1 attempts=1 remote=\"")
					.contains(" result=\"250 "));
		}
	}

	@Test
	void aQueueThatSomebodyElseHasKeepsTheServerFromStarting() {
		try (SmtpServer server = start()) {
			SmtpServer second = server(this.other.port(), (relay) -> {
			}).build();
			assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(second::start)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(SmtpServerStartException.Reason.QUEUE))
				.withMessageContaining("Cannot open the queue")
				.withMessageContaining("in use by another process");
			assertThat(second.isRunning()).isFalse();
		}
	}

	@Test
	void aQueueThatCannotBeOpenedSaysWhy() throws IOException {
		Files.createFile(this.directory.resolve("queue"));
		SmtpServer server = server(25, (relay) -> {
		}).build();
		assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
			.withMessage("Cannot open the queue: " + this.directory.resolve("queue")
					+ ": something else of that name is there");
		assertThat(SmtpServerStartException.why(new NoSuchFileException("/x"))).startsWith("/x: no such file");
		assertThat(SmtpServerStartException.why(new AccessDeniedException("/x"))).isEqualTo("/x: permission denied");
		assertThat(SmtpServerStartException.why(new DirectoryNotEmptyException("/x")))
			.isEqualTo("/x: DirectoryNotEmptyException");
		assertThat(SmtpServerStartException.why(new AccessDeniedException("/x", null, "read-only")))
			.isEqualTo("/x: read-only");
	}

	@Test
	void aServerThatKeepsNothingForItselfIsWarnedOfThoughItRelays() {
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.WARN);
				SmtpServer server = started(
						Mailroom.server().relay((relay) -> relay.directory(this.directory.resolve("queue"))).build())) {
			assertThat(server.handlers().get("queue")).containsExactly("core", "headers", "relay");
			assertThat(log.lines()).anySatisfy(
					(line) -> assertThat(line).startsWith("No handler keeps mail: every message for example.com")
						.contains("will be refused with 554 5.3.5"));
		}
	}

	@Test
	void anOpenRelayIsWarnedOf() {
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.WARN);
				SmtpServer server = start((relay) -> relay.rules(new RelayRules(true, true, true)))) {
			assertThat(log.lines()).anySatisfy((line) -> assertThat(line).contains("OPEN RELAY"));
		}
		try (LogWatch log = LogWatch.of(SmtpServer.class.getName(), Level.WARN); SmtpServer server = start()) {
			assertThat(log.lines()).noneSatisfy((line) -> assertThat(line).contains("OPEN RELAY"));
		}
	}

}
