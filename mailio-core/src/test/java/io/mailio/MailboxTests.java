/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.handler.HandlerConfigurationException;
import io.mailio.handler.SmtpReplyException;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.MicrometerMeters;
import io.mailio.plugin.queue.MaildirCopies;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxOptions.Alias;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.ReactiveMailboxResolver;
import io.mailio.plugin.rcpt.RecipientMailboxes;
import io.mailio.queue.MessageState;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Which mailboxes mail gets into, over the wire. */
class MailboxTests {

	private static final String MESSAGE = "Subject: x\r\n\r\nx\r\n.\r\n";

	@TempDir
	Path directory;

	private SmtpServer.Builder server() {
		return Mailroom.server().maildir(this.directory.resolve("mail") + "/%d/%n");
	}

	private static SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	private static MailboxOptions aliases(Alias... aliases) {
		return new MailboxOptions(List.of(aliases), Set.of());
	}

	private static Alias alias(String address, String... to) {
		return new Alias(address, List.of(to));
	}

	/** The folders that hold a message, once for each. */
	private List<String> messages() {
		Path mail = this.directory.resolve("mail");
		try (Stream<Path> files = Files.walk(mail)) {
			return files.filter(Files::isRegularFile)
				.filter((file) -> !file.endsWith("maildirfolder"))
				.map((file) -> mail.relativize(file.getParent()).toString())
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void send(TestClient client, String from, String reply, String... to) {
		client.command("MAIL FROM:<" + from + ">", "250");
		for (String recipient : to) {
			client.command("RCPT TO:<" + recipient + ">", "250 2.1.5");
		}
		client.command("DATA", "354");
		client.send(MESSAGE).expect(reply);
	}

	private void accepts(SmtpServer.Builder builder, String... to) {
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			send(client, "a@client.example", "250 2.0.0", to);
		}
	}

	private void answersAtRcpt(SmtpServer.Builder builder, String reply) {
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<who@example.com>", reply);
			client.command("RCPT TO:<who@elsewhere.example>", "550 5.7.1");
			client.command("NOOP", "250");
		}
	}

	@Test
	void aliasesLeadToMailboxesAndLaterHandlersKnowThem() {
		List<Object> known = Collections.synchronizedList(new ArrayList<>());
		SmtpServer.Builder builder = server()
			.mailboxes(aliases(alias("all@example.com", "john@example.com", "jane@example.org"),
					alias("sales@example.com", "john@example.com")))
			.handler("queue", "look", (spec) -> spec.after("maildir"), (req, res) -> {
				RecipientMailboxes found = res.get("rcpt/mailbox", RecipientMailboxes.class).orElseThrow();
				known.add(found.of(Mailbox.of("all@example.com")).orElseThrow());
				known.add(found.all());
				known.add(found.of(Mailbox.of("nobody@example.com")));
				known.add(found.toString());
				known.add(res.get("queue/maildir", MaildirCopies.class).orElseThrow());
				return res.accept();
			});
		accepts(builder, "all@example.com", "Sales@Example.com");
		assertThat(messages()).containsExactly("example.com/john/new", "example.org/jane/new");
		Set<Mailbox> both = Set.of(Mailbox.of("john@example.com"), Mailbox.of("jane@example.org"));
		assertThat(known).containsExactly(both, both, Optional.empty(),
				"{all@example.com=[john@example.com, jane@example.org], Sales@Example.com=[john@example.com]}",
				new MaildirCopies(2, 0, 0));
	}

	@Test
	void withAListOtherRecipientsAreUnknown() {
		SmtpServer.Builder builder = server()
			.mailboxes(new MailboxOptions(List.of(), Set.of(Mailbox.of("john@example.com"))));
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<jon@example.com>", "550 5.1.1 No such mailbox here");
			client.command("RCPT TO:<john@example.org>", "550 5.1.1");
			client.command("RCPT TO:<JOHN@example.com>", "250 2.1.5");
			client.command("DATA", "354");
			client.send(MESSAGE).expect("250");
		}
		assertThat(messages()).containsExactly("example.com/john/new");
	}

	@Test
	void aliasesThatCannotBeAreFoundWhenTheServerIsBuilt() {
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> server().mailboxes(aliases(alias("a@example.com", "b@other.example"))).build())
			.withMessageContaining("the domain other.example is not served here");
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> server().mailboxResolver(List::of).reactiveMailboxResolver((one) -> Mono.empty()).build())
			.withMessageContaining("There is a MailboxResolver and a ReactiveMailboxResolver, too");
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> server().mailboxResolver(List::of)
				.mailboxes(new MailboxOptions(List.of(), Set.of(Mailbox.of("john@example.com"))))
				.build())
			.withMessageContaining("There is a resolver of mailboxes and a list of them, too");
	}

	@Test
	void aResolverIsAskedAboutWhatTheAliasesGive() {
		MailboxResolver upper = (address) -> {
			assertThat(Thread.currentThread().getName()).doesNotContain("epoll", "nio");
			return List.of(Mailbox.of(address.localPart() + "-1@example.org"),
					Mailbox.of(address.localPart() + "-2@example.org"));
		};
		accepts(server().mailboxes(aliases(alias("all@example.com", "a@example.com", "b@example.com")))
			.mailboxResolver(upper), "all@example.com");
		assertThat(messages()).containsExactly("example.org/a-1/new", "example.org/a-2/new", "example.org/b-1/new",
				"example.org/b-2/new");
	}

	@Test
	void aReactiveResolverIsAskedWithoutAThread() {
		ReactiveMailboxResolver resolver = (address) -> Mono.delay(Duration.ofMillis(1))
			.map((tick) -> List.of(Mailbox.of("x-" + address.localPart() + "@example.org")));
		accepts(server().mailboxes(aliases(alias("all@example.com", "a@example.com", "b@example.com")))
			.reactiveMailboxResolver(resolver), "all@example.com", "c@example.com");
		assertThat(messages()).containsExactly("example.org/x-a/new", "example.org/x-b/new", "example.org/x-c/new");
	}

	@Test
	void whatNoResolverKnowsIsRefused() {
		answersAtRcpt(server().mailboxResolver((address) -> List.of()), "550 5.1.1 No such mailbox here");
		answersAtRcpt(server().reactiveMailboxResolver((address) -> Mono.just(List.of())), "550 5.1.1");
		answersAtRcpt(server().reactiveMailboxResolver((address) -> Mono.empty()), "550 5.1.1");
	}

	@Test
	void aResolverThatFailsIsATemporaryRefusal() {
		List<MailboxResolver> failing = List.of((address) -> {
			throw new IOException("no database");
		}, (address) -> {
			throw new AssertionError("broken");
		}, (address) -> nothing(), (address) -> Arrays.asList(address, nothing()),
				(address) -> List.of(Mailbox.of("who@elsewhere.example")));
		for (MailboxResolver resolver : failing) {
			answersAtRcpt(server().mailboxResolver(resolver), "451 4.3.0 Local error");
		}
		List<ReactiveMailboxResolver> reactive = List.of((address) -> Mono.error(new IOException("no database")),
				(address) -> nothing(), (address) -> {
					throw new IllegalStateException("broken");
				}, (address) -> Mono.just(List.of(Mailbox.of("who@elsewhere.example"))));
		for (ReactiveMailboxResolver resolver : reactive) {
			answersAtRcpt(server().reactiveMailboxResolver(resolver), "451 4.3.0 Local error");
		}
	}

	@SuppressWarnings("NullAway")
	private static <T> T nothing() {
		return null;
	}

	@Test
	void aResolverChoosesItsReply() {
		Reply closed = new Reply(550, "5.2.1 Mailbox closed");
		answersAtRcpt(server().mailboxResolver((address) -> {
			throw new SmtpReplyException(closed);
		}), "550 5.2.1 Mailbox closed");
		answersAtRcpt(server().reactiveMailboxResolver((address) -> Mono.error(new SmtpReplyException(closed))),
				"550 5.2.1 Mailbox closed");
	}

	@Test
	void aResolverThatHangsMissesTheDeadline() throws InterruptedException {
		Limits limits = Limits.builder().handlerTimeout(Duration.ofMillis(200)).build();
		CountDownLatch ended = new CountDownLatch(2);
		answersAtRcpt(server().limits(limits).mailboxResolver((address) -> {
			try {
				new CountDownLatch(1).await();
				return List.of();
			}
			finally {
				ended.countDown();
			}
		}), "451 4.3.0");
		answersAtRcpt(
				server().limits(limits)
					.reactiveMailboxResolver((address) -> Mono.<List<Mailbox>>never().doOnCancel(ended::countDown)),
				"451 4.3.0");
		assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void withoutTheHandlerTheMaildirAsksForItself() {
		MailboxResolver resolver = (address) -> address.localPart().equals("john")
				? List.of(Mailbox.of("found@example.org")) : List.of();
		SmtpServer.Builder builder = server().mailboxResolver(resolver).disable("rcpt", "mailbox");
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			send(client, "a@client.example", "250", "john@example.com");
			send(client, "a@client.example", "550 5.1.1", "john@example.com", "jon@example.com");
		}
		assertThat(messages()).containsExactly("example.org/found/new");
	}

	@Test
	void withoutAMaildirAResolverStillSaysWhoIsThere() {
		Mailroom mailroom = new Mailroom();
		MailboxResolver resolver = (address) -> address.localPart().equals("john") ? List.of(address) : List.of();
		for (SmtpServer.Builder builder : List.of(mailroom.open().mailboxResolver(resolver),
				mailroom.open()
					.maildir(this.directory + "/%d/%n")
					.disable("queue", "maildir")
					.mailboxResolver(resolver))) {
			answersAtRcpt(builder, "550 5.1.1");
		}
	}

	@Test
	void aFullMailboxIsToldAtRcptAndOnceMoreAtTheEnd() {
		MailboxQuota quota = (mailbox, size) -> switch (mailbox.localPart()) {
			case "full" -> Optional.of(Replies.OVER_QUOTA);
			case "small" -> (size > 20) ? Optional.of(Replies.MAILBOX_FULL) : Optional.empty();
			default -> Optional.empty();
		};
		SmtpServer.Builder builder = server().mailboxQuota(quota)
			.mailboxes(aliases(alias("all@example.com", "full@example.com", "jane@example.com")))
			.listener("lmtp", (lmtp) -> lmtp.address(InetAddress.getLoopbackAddress()).port(0).protocol(Protocol.LMTP));
		try (SmtpServer server = started(builder); TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			client.command("LHLO client.example", "250");
			client.command("MAIL FROM:<a@client.example> SIZE=1000", "250");
			client.command("RCPT TO:<small@example.com>", "452 4.2.2 Mailbox full, try again later");
			client.command("MAIL FROM:<b@client.example>", "503");
			client.command("RSET", "250");
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<full@example.com>", "552 5.2.2 Mailbox full");
			client.command("RCPT TO:<all@example.com>", "552 5.2.2 Mailbox full");
			client.command("RCPT TO:<small@example.com>", "250");
			client.command("RCPT TO:<john@example.com>", "250");
			client.command("DATA", "354");
			client.send(MESSAGE).expect("452 4.2.2 Mailbox full");
			client.expect("250 2.0.0");
			client.command("QUIT", "221");
		}
		assertThat(messages()).containsExactly("example.com/john/new");
	}

	@Test
	void metersAndTheLogTellWhatIsKeptAndWhatIsNot() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		MailboxQuota quota = (mailbox, size) -> (mailbox.localPart().equals("small") && size > 0)
				? Optional.of(Replies.MAILBOX_FULL) : Optional.empty();
		SmtpServer.Builder builder = server().meters(new MicrometerMeters(registry))
			.mailboxQuota(quota)
			.mailboxes(new MailboxOptions(List.of(alias("all@example.com", "john@example.com", "jane@example.com")), Set
				.of(Mailbox.of("john@example.com"), Mailbox.of("jane@example.com"), Mailbox.of("small@example.com"))));
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.INFO);
				SmtpServer server = started(builder);
				TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<who@example.com>", "550 5.1.1");
			client.command("RSET", "250");
			// Nobody could tell the sender of the one who does not get it.
			send(client, "a@client.example", "452 4.2.2", "all@example.com", "small@example.com");
			assertThat(messages()).isEmpty();
			send(client, "a@client.example", "250 2.0.0", "all@example.com");
			assertThat(log.events()).anySatisfy((event) -> assertThat(event.getFormattedMessage())
				.contains("handlers=\"rcpt/mailbox:2 queue/maildir:inbox=2\""));
		}
		assertThat(count(registry, MeterName.MAILBOX_LOOKUPS, "unknown")).isEqualTo(1);
		assertThat(count(registry, MeterName.MAILBOX_LOOKUPS, "found")).isEqualTo(3);
		assertThat(count(registry, MeterName.MAILDIR_DELIVERIES, "inbox")).isEqualTo(2);
		assertThat(count(registry, MeterName.MAILDIR_DELIVERIES, "full")).isEqualTo(1);
	}

	private static double count(SimpleMeterRegistry registry, MeterName name, String outcome) {
		return registry.get(name.id()).tag("outcome", outcome).counter().count();
	}

	@Test
	void aQuotaThatFailsIsATemporaryRefusal() {
		MailboxQuota failing = (mailbox, size) -> {
			throw new IOException("no database");
		};
		answersAtRcpt(server().mailboxQuota(failing), "451 4.3.0");
		answersAtRcpt(server().mailboxQuota(failing)
			.reactiveMailboxResolver((address) -> Mono.just(List.of(address)).delayElement(Duration.ofMillis(1))),
				"451 4.3.0");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS,
			disabledReason = "Names of files in cur hold a colon, which Windows does not take")
	void usersHaveACopyOfWhatTheySend() throws IOException {
		SmtpServer.Builder builder = server().authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.mailboxes(aliases(alias("user@example.com", "own@example.com")))
			.relay((relay) -> {
				relay.directory(this.directory.resolve("queue"));
				relay.routing(SmtpRelayTests.through(1));
			});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			send(client, "user@example.com", "250", "b@example.com", "a@elsewhere.example");
			assertThat(messages()).containsExactly("example.com/b/new", "example.com/own/.Sent/cur");
			send(client, "boss@example.com", "250", "a@elsewhere.example");
			send(client, "user@example.org", "250", "a@elsewhere.example");
			assertThat(messages()).hasSize(2);
		}
		try (Stream<Path> sent = Files.list(this.directory.resolve("mail/example.com/own/.Sent/cur"))) {
			assertThat(sent).singleElement()
				.satisfies((file) -> assertThat(file.getFileName().toString()).endsWith(":2,S"))
				.satisfies((file) -> assertThat(file).content(StandardCharsets.ISO_8859_1)
					.startsWith("Return-Path: <user@example.com>\r\nReceived:")
					.endsWith("\r\nSubject: x\r\n\r\nx\r\n"));
		}
	}

	@Test
	void aMessageThatTheRelayRefusesHasNoCopyEither() {
		SmtpServer.Builder builder = server().authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.handler("queue", "no", (spec) -> spec.after("maildir"), (req, res) -> res.reject(554, "No"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			send(client, "user@example.com", "554 5.7.1 No", "b@example.com");
			Awaitility.await().untilAsserted(() -> assertThat(messages()).isEmpty());
		}
	}

	@Test
	void whatNoClientBringsGoesToTheSameMailboxes() {
		MailboxResolver resolver = (address) -> switch (address.localPart()) {
			case "team" -> List.of(Mailbox.of("john@example.com"), Mailbox.of("jane@example.com"));
			case "ours" -> List.of(address);
			case "broken" -> throw new IOException("no database");
			default -> List.of();
		};
		SmtpServer.Builder builder = server().mailboxResolver(resolver).relay((relay) -> {
			relay.directory(this.directory.resolve("queue"));
			relay.routing(SmtpRelayTests.through(1));
		});
		try (SmtpServer server = started(builder)) {
			SmtpRelay relay = server.relay().orElseThrow();
			relay.send(
					Envelope.of(ReversePath.of(Mailbox.of("ours@example.com")), Mailbox.of("team@example.com"),
							Mailbox.of("gone@example.com"), Mailbox.of("broken@example.com")),
					SmtpRelayTests.source("Subject: x\r\n\r\nx\r\n"))
				.toCompletableFuture()
				.join();
			// The message for the team, and for its sender the notification about the one
			// who is gone.
			Awaitility.await()
				.untilAsserted(() -> assertThat(messages()).containsExactly("example.com/jane/new",
						"example.com/john/new", "example.com/ours/new"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(relay.queue().counts().destinations()).extractingByKey("(local)")
					.isEqualTo(Map.of(MessageState.DEFERRED, 1)));
		}
	}

}
