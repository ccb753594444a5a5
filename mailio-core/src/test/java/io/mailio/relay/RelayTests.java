/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.SmtpServer;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.dns.DnsServer;
import io.mailio.message.Content;
import io.mailio.queue.Claim;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageState;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/** {@link Relay} over a real queue, to servers that do as a test wants. */
class RelayTests {

	private static final Reply OK = new Reply(250, "2.0.0 Taken");

	private static final Reply LATER = new Reply(450, "4.2.0 Not now");

	private static final Reply NEVER = new Reply(550, "5.1.1 Nobody of that name");

	private static final RetrySchedule FAST = new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(20),
			Duration.ofDays(1));

	@TempDir
	private Path directory;

	private FileQueue queue;

	private final ExecutorService executor = Executors.newFixedThreadPool(4);

	private final List<Sent> sent = new ArrayList<>();

	private final Map<String, Route> routes = new ConcurrentHashMap<>();

	/** What a server makes of a message. */
	private BiFunction<NextHop, Recipient, Verdict> servers = (hop, recipient) -> Verdict.of(Phase.CONTENT, OK);

	private RelayOptions options = new RelayOptions(50, 10, 0, FAST, Duration.ZERO);

	private Relay relay;

	private record Sent(NextHop hop, Envelope envelope, String content) {
	}

	@BeforeEach
	void open() throws IOException {
		this.queue = FileQueue.open(new FileQueueOptions(this.directory, 1024 * 1024, 50_000, 0));
	}

	@AfterEach
	void close() throws InterruptedException {
		if (this.relay != null) {
			assertThat(this.relay.stop(Duration.ofSeconds(10))).isTrue();
		}
		this.executor.shutdown();
		assertThat(this.executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		this.queue.close();
	}

	private class Domains implements Router {

		@Override
		public String destination(ReversePath sender, Mailbox recipient) {
			return recipient.asciiDomain();
		}

		@Override
		public CompletionStage<Route> route(String destination) {
			return CompletableFuture.completedFuture(
					RelayTests.this.routes.computeIfAbsent(destination, (name) -> new Route.Hops(List.of(hop(name)))));
		}

	}

	/** What was chosen for a recipient: a destination, or {@code no} for a refusal. */
	private final Map<String, String> chosen = new ConcurrentHashMap<>();

	/** Sends some recipients elsewhere than where they wait. */
	private class Choosing implements Router {

		private final Domains domains = new Domains();

		@Override
		public String destination(ReversePath sender, Mailbox recipient) {
			return this.domains.destination(sender, recipient);
		}

		@Override
		public CompletionStage<Route> route(String destination) {
			return this.domains.route(destination);
		}

		@Override
		public boolean isChoosing() {
			return true;
		}

		@Override
		public CompletionStage<List<Leg>> legs(Claim claim) {
			return CompletableFuture
				.completedFuture(claim.envelope().recipients().stream().map((one) -> leg(claim, one)).toList());
		}

		private Leg leg(Claim claim, Recipient recipient) {
			String destination = RelayTests.this.chosen.getOrDefault(recipient.mailbox().localPart(),
					claim.destination());
			return destination.equals("no") ? new Leg(null, new Route.Unavailable(LATER), List.of(recipient))
					: new Leg(destination, route(destination).toCompletableFuture().join(), List.of(recipient));
		}

	}

	private static NextHop hop(String name) {
		return new NextHop(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 25));
	}

	private void start() {
		start((hop, envelope, content) -> CompletableFuture.completedFuture(transmit(hop, envelope, content)));
	}

	private void start(NextHopClient client) {
		start(new Domains(), client);
	}

	private void start(Router router, NextHopClient client) {
		this.relay = new Relay(this.queue, router, client,
				new DeliveryStatusNotifications("mx.example.com", 1024 * 1024), this.options, this.executor,
				new RelayListener() {
				});
		this.relay.start();
	}

	private Transmission transmit(NextHop hop, Envelope envelope, Content content) {
		try (InputStream in = content.openStream()) {
			synchronized (this.sent) {
				this.sent.add(new Sent(hop, envelope, new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return transmission(hop, envelope);
	}

	private Transmission transmission(NextHop hop, Envelope envelope) {
		return new Transmission(SmtpTarget.of(hop.host(), hop.address()), null, false,
				envelope.recipients()
					.stream()
					.map((recipient) -> new RecipientResult(recipient, this.servers.apply(hop, recipient)))
					.toList());
	}

	private List<Sent> sent() {
		synchronized (this.sent) {
			return List.copyOf(this.sent);
		}
	}

	private QueueId keep(String content, String... recipients) {
		return keep(ReversePath.of(Mailbox.of("ann@client.example")), content, recipients);
	}

	private QueueId keep(ReversePath from, String content, String... recipients) {
		List<NewMessage.Addressee> addressees = Arrays.stream(recipients)
			.map(Mailbox::of)
			.map((mailbox) -> new NewMessage.Addressee(new Recipient(mailbox, Parameters.NONE), mailbox.asciiDomain()))
			.toList();
		return this.queue.enqueue(new NewMessage(from, Parameters.NONE, addressees, source(content), null))
			.toCompletableFuture()
			.join();
	}

	private static NewMessage.Source source(String content) {
		byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
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

	private void awaitEmpty() {
		await().until(() -> this.queue.counts().messages() == 0);
	}

	@Test
	void deliversWhatWaitsAndWhatComes() {
		for (int i = 0; i < 100; i++) {
			keep("m" + i, "a@d" + (i % 7) + ".example", "b@d" + (i % 7) + ".example", "c@e" + (i % 3) + ".example");
		}
		start();
		for (int i = 100; i < 200; i++) {
			keep("m" + i, "a@d" + (i % 7) + ".example");
		}
		awaitEmpty();
		assertThat(sent()).hasSize(300);
		assertThat(sent()).filteredOn((one) -> one.content().equals("m5"))
			.extracting((one) -> one.hop().host(), (one) -> one.envelope().to().toString())
			.containsExactlyInAnyOrder(tuple("d5.example", "[a@d5.example, b@d5.example]"),
					tuple("e2.example", "[c@e2.example]"));
	}

	@Test
	void triesAgainWhoeverMustWait() {
		AtomicInteger attempts = new AtomicInteger();
		this.servers = (hop, recipient) -> Verdict.of(Phase.RCPT,
				(recipient.mailbox().localPart().equals("slow") && attempts.incrementAndGet() < 4) ? LATER : OK);
		keep("x", "slow@example.com", "quick@example.com");
		start();
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.envelope().to().size()).containsExactly(2, 1, 1, 1);
	}

	@Test
	void asksTheNextHostForThoseWhomTheFirstCannotServe() {
		NextHop first = hop("first.example");
		NextHop second = hop("second.example");
		this.routes.put("example.com", new Route.Hops(List.of(first, second)));
		this.servers = (hop, recipient) -> (hop.equals(first) && recipient.mailbox().localPart().equals("b"))
				? Verdict.of(Phase.RCPT, LATER) : Verdict.of(Phase.CONTENT, OK);
		keep("x", "a@example.com", "b@example.com");
		start();
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host()).containsExactly("first.example", "second.example");
		assertThat(sent().get(1).envelope().to()).containsExactly(Mailbox.of("b@example.com"));
	}

	@Test
	void tellsTheSenderWhomAMessageWillNotReach() {
		this.servers = (hop, recipient) -> recipient.mailbox().localPart().equals("nobody")
				? Verdict.of(Phase.RCPT, NEVER) : Verdict.of(Phase.CONTENT, OK);
		keep("Subject: Hi\r\n\r\nText\r\n", "nobody@example.com", "bob@example.com");
		start();
		awaitEmpty();
		assertThat(sent()).hasSize(2);
		Sent notification = sent().get(1);
		assertThat(notification.hop().host()).isEqualTo("client.example");
		assertThat(notification.envelope().from().isNull()).isTrue();
		assertThat(notification.envelope().to()).containsExactly(Mailbox.of("ann@client.example"));
		assertThat(notification.content())
			.contains("Final-Recipient: rfc822; nobody@example.com", "Action: failed", "Status: 5.1.1",
					"Diagnostic-Code: smtp; 550 5.1.1 Nobody of that name", "Subject: Hi")
			.doesNotContain("bob@example.com");
	}

	@Test
	void returnsWhatHasNoWayAndTellsNobodyAboutNotifications() {
		this.routes.put("nowhere.example", new Route.Unroutable(new Reply(556, "5.1.10 Takes no mail")));
		keep("x", "a@nowhere.example");
		keep(ReversePath.NULL, "y", "b@nowhere.example");
		start();
		awaitEmpty();
		assertThat(sent()).singleElement()
			.satisfies((one) -> assertThat(one.content()).contains("Status: 5.1.10", "a@nowhere.example"));
	}

	@Test
	void givesUpInTimeWithTheLastReply() {
		this.options = new RelayOptions(50, 10, 0,
				new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO), Duration.ZERO);
		this.servers = (hop, recipient) -> Verdict.of(Phase.RCPT, hop.host().equals("client.example") ? OK : LATER);
		keep("x", "a@example.com");
		start();
		awaitEmpty();
		assertThat(sent()).hasSize(2);
		assertThat(sent().get(1).content()).contains("Action: failed", "Status: 4.4.7",
				"Diagnostic-Code: smtp; 450 4.2.0 Not now");
	}

	@Test
	void whatIsToBeSentLaterIsTriedForAsLongAsAnythingElse() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofHours(1)),
				Duration.ofMinutes(30));
		Instant now = Instant.now();
		// A queue in which everything came two hours ago, some of it to be sent now.
		MessageQueue earlier = (MessageQueue) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { MessageQueue.class }, new InvocationHandler() {

					private final Map<QueueId, Claim> claims = new ConcurrentHashMap<>();

					@Override
					public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
						if (method.getName().equals("settle")) {
							arguments[0] = this.claims.get(((Claim) arguments[0]).id());
						}
						Object result = method.invoke(RelayTests.this.queue, arguments);
						return method.getName().equals("claim")
								? ((Optional<?>) result).map((one) -> before((Claim) one)) : result;
					}

					private Claim before(Claim claim) {
						this.claims.put(claim.id(), claim);
						Instant came = now.minus(Duration.ofHours(2));
						boolean later = claim.envelope().to().get(0).localPart().equals("later");
						return new Claim(claim.id(), claim.destination(), claim.envelope(), claim.content(), came,
								later ? now : came, claim.attempts(), claim.lastAttempt());
					}

				});
		AtomicInteger attempts = new AtomicInteger();
		this.servers = (hop, recipient) -> Verdict.of(Phase.RCPT,
				(hop.host().equals("example.com") && attempts.incrementAndGet() < 4) ? LATER : OK);
		keep("x", "later@example.com");
		this.relay = new Relay(earlier, new Domains(),
				(hop, envelope, content) -> CompletableFuture.completedFuture(transmit(hop, envelope, content)),
				new DeliveryStatusNotifications("mx.example.com", 1024 * 1024), this.options, this.executor,
				new RelayListener() {
				});
		this.relay.start();
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host()).containsOnly("example.com").hasSize(4);
		attempts.set(0);
		keep("x", "bob@example.com");
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host())
			.containsExactly("example.com", "example.com", "example.com", "example.com", "example.com",
					"client.example");
	}

	@Test
	void tellsOnceThatAMessageWaits() {
		this.options = new RelayOptions(50, 10, 0, FAST, Duration.ofMillis(10));
		AtomicInteger attempts = new AtomicInteger();
		this.servers = (hop, recipient) -> Verdict.of(Phase.RCPT,
				(hop.host().equals("example.com") && attempts.incrementAndGet() < 8) ? LATER : OK);
		QueueId id = keep("x", "a@example.com");
		// The clocks of queue and relay may differ by a millisecond or two.
		await().until(() -> System.currentTimeMillis() > (id.value() >> 16) + 20);
		start();
		awaitEmpty();
		assertThat(sent()).filteredOn((one) -> one.hop().host().equals("client.example"))
			.singleElement()
			.satisfies((one) -> assertThat(one.content()).contains("Action: delayed", "Will-Retry-Until: "));
	}

	@Test
	void keepsToItsLimitsAndLetsNoDestinationWaitForAnother() {
		this.options = new RelayOptions(5, 2, 0, FAST, Duration.ZERO);
		Deque<Runnable> waiting = new ArrayDeque<>();
		Map<String, Integer> underWay = new ConcurrentHashMap<>();
		for (int i = 0; i < 20; i++) {
			keep("x", "a@busy.example");
		}
		keep("y", "a@other.example");
		keep("z", "a@third.example");
		start((hop, envelope, content) -> {
			CompletableFuture<Transmission> result = new CompletableFuture<>();
			synchronized (waiting) {
				underWay.merge(hop.host(), 1, Integer::sum);
				waiting.add(() -> {
					underWay.merge(hop.host(), -1, Integer::sum);
					result.complete(transmit(hop, envelope, content));
				});
			}
			return result;
		});
		await().until(() -> this.relay.active() == 4);
		synchronized (waiting) {
			assertThat(underWay)
				.containsExactlyInAnyOrderEntriesOf(Map.of("busy.example", 2, "other.example", 1, "third.example", 1));
		}
		await().until(() -> {
			synchronized (waiting) {
				assertThat(underWay.getOrDefault("busy.example", 0)).isLessThanOrEqualTo(2);
				if (!waiting.isEmpty()) {
					waiting.remove().run();
				}
			}
			return this.queue.counts().messages() == 0;
		});
		assertThat(sent()).hasSize(22);
	}

	@Test
	void asksADestinationThatIsNotThereByOneMessageAndNotByAll() {
		this.options = new RelayOptions(50, 10, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.servers = (hop, recipient) -> hop.host().equals("dead.example")
				? Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1, "No answer")
				: Verdict.of(Phase.CONTENT, OK);
		for (int i = 0; i < 100; i++) {
			keep("x", "a@dead.example");
			keep("y", "a@live.example");
		}
		start();
		await().until(() -> sent().stream().filter((one) -> one.content().equals("y")).count() == 100);
		await().until(() -> this.relay.active() == 0);
		assertThat(sent().stream().filter((one) -> one.content().equals("x")).count()).isBetween(1L, 10L);
		Map<MessageState, Integer> dead = this.queue.counts().destinations().get("dead.example");
		assertThat(dead.get(MessageState.READY)).isGreaterThanOrEqualTo(90);
		assertThat(dead.get(MessageState.READY) + dead.get(MessageState.DEFERRED)).isEqualTo(100);
	}

	private static Verdict unsendable() {
		return Verdict.unable(Phase.MAIL, 552, 3, 4, "Too large for the server");
	}

	/** The content filter of some servers hangs up. */
	private static Verdict lost() {
		return Verdict.trouble(Phase.CONTENT, Verdict.Advice.NEXT_HOST, 421, 4, 2, "The connection was lost");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aMessageThatAServerCannotTakeHoldsUpNoOther(boolean unsendable) {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.servers = (hop, recipient) -> !recipient.mailbox().localPart().equals("big")
				? Verdict.of(Phase.CONTENT, OK) : unsendable ? unsendable() : lost();
		for (int i = 0; i < 5; i++) {
			keep("x", "big@example.com");
			keep("y", "small@example.com");
		}
		start();
		await().until(() -> sent().stream().filter((one) -> one.content().equals("y")).count() == 5);
	}

	private static final Reply BUSY = new Reply(421, "4.3.2 Too busy");

	@ParameterizedTest
	@EnumSource(names = { "GREETING", "RCPT" })
	void asksAServerThatTakesNothingByFewMessagesAndThenByOne(Phase phase) {
		this.options = new RelayOptions(50, 10, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.servers = (hop, recipient) -> phase.isOpening() ? Verdict.ofHost(phase, BUSY) : Verdict.of(phase, BUSY);
		for (int i = 0; i < 100; i++) {
			keep("x", "a@busy.example");
		}
		start();
		await().until(
				() -> this.queue.counts().destinations().get("busy.example").getOrDefault(MessageState.DEFERRED, 0) > 0
						&& this.relay.active() == 0);
		assertThat(sent().size()).isBetween(4, 30);
		assertThat(this.queue.counts().destinations().get("busy.example").get(MessageState.READY))
			.isGreaterThanOrEqualTo(70);
	}

	@Test
	void whoWaitsForADestinationThatIsNotThereHearsOfItThoughItWasNotTried() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(1), Duration.ofDays(2)), Duration.ofHours(4));
		this.servers = (hop, recipient) -> hop.host().equals("dead.example")
				? Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1, "No answer")
				: Verdict.of(Phase.CONTENT, OK);
		for (int i = 0; i < 20; i++) {
			keep("x", "a@dead.example");
		}
		AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
		this.relay = new Relay(this.queue, new Domains(),
				(hop, envelope, content) -> CompletableFuture.completedFuture(transmit(hop, envelope, content)),
				new DeliveryStatusNotifications("mx.example.com", 1024 * 1024), this.options, this.executor,
				new RelayListener() {
				}, now::get);
		this.relay.start();
		await().until(() -> sent().size() == 1 && this.relay.active() == 0);
		now.updateAndGet((time) -> time.plus(Duration.ofHours(5)));
		this.relay.retryNow(List.of("dead.example"));
		await().until(() -> sent().stream().filter((one) -> one.content().contains("Action: delayed")).count() == 19);
		assertThat(sent().stream().filter((one) -> one.content().equals("x")).count()).isOne();
	}

	@Test
	void theLogSaysWhatHasHappenedToWhom() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(1), Duration.ofDays(2)), Duration.ZERO);
		Reply grey = new Reply(451, "4.7.1 Greylisted");
		this.servers = (hop, recipient) -> Verdict.of(Phase.RCPT,
				recipient.mailbox().localPart().equals("b") ? grey : LATER);
		QueueId id = keep("x", "a@example.com", "b@example.com", "c@example.com");
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO)) {
			start();
			String line = "Message deferred: queue=" + id + " destination=example.com from=<ann@client.example> to=";
			String remote = " attempts=1 remote=\"example.com [127.0.0.1]:25\" result=\"";
			await().untilAsserted(() -> assertThat(log.lines()).containsExactly(
					line + "<a@example.com>,<c@example.com> recipients=2" + remote + LATER + "\"",
					line + "<b@example.com> recipients=1" + remote + grey + "\""));
		}
	}

	@Test
	void theLogSaysThatADestinationIsLeftAloneAndThatAMessageHasExpired() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(1), Duration.ZERO), Duration.ZERO);
		this.servers = (hop, recipient) -> hop.host().equals("dead.example")
				? Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1, "No answer")
				: Verdict.of(Phase.CONTENT, OK);
		keep(ReversePath.NULL, "x", "a@dead.example");
		try (LogWatch log = LogWatch.of("io.mailio.delivery", Level.INFO)) {
			start();
			awaitEmpty();
			await().untilAsserted(() -> assertThat(log.lines()).satisfiesExactly(
					(line) -> assertThat(line).startsWith("Destination paused: destination=dead.example until=")
						.endsWith(" result=\"451 4.4.1 No answer\""),
					(line) -> assertThat(line).startsWith("Message bounced: queue=")
						.endsWith(" result=\"451 4.4.7 Not delivered in time: No answer\"")));
		}
		assertThat(this.relay.paused()).containsOnlyKeys("dead.example");
	}

	@Test
	void aFaultOfOursSaysNothingAboutTheDestination() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO), Duration.ofMillis(1));
		AtomicInteger claims = new AtomicInteger();
		MessageQueue failing = (MessageQueue) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { MessageQueue.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("claim") && claims.incrementAndGet() < 5) {
						throw new IOException("The database is away");
					}
					return method.invoke(this.queue, arguments);
				});
		keep("x", "a@example.com");
		try (LogWatch log = LogWatch.of("io.mailio.relay", Level.ERROR)) {
			this.relay = new Relay(failing, new Domains(),
					(hop, envelope, content) -> CompletableFuture.completedFuture(transmit(hop, envelope, content)),
					new DeliveryStatusNotifications("mx.example.com", 1024 * 1024), this.options, this.executor,
					new RelayListener() {
					});
			this.relay.start();
			awaitEmpty();
			assertThat(log.lines())
				.containsOnly("Messages for example.com cannot be read from the queue, which is tried again");
		}
		assertThat(sent()).singleElement().satisfies((one) -> assertThat(one.content()).isEqualTo("x"));
		assertThat(this.relay.paused()).isEmpty();
	}

	@Test
	void goesOnWithADestinationThatHasComeBack() {
		AtomicInteger attempts = new AtomicInteger();
		this.servers = (hop, recipient) -> (attempts.incrementAndGet() < 5)
				? Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1, "No answer")
				: Verdict.of(Phase.CONTENT, OK);
		for (int i = 0; i < 50; i++) {
			keep("x", "a@example.com");
		}
		start();
		awaitEmpty();
		assertThat(sent().size()).isBetween(50, 60);
	}

	@Test
	void givesUpAWholeQueueForADestinationThatIsNotThere() {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO), Duration.ZERO);
		this.servers = (hop, recipient) -> Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1,
				"No answer");
		for (int i = 0; i < 100; i++) {
			keep(ReversePath.NULL, "x", "a@dead.example");
		}
		start();
		awaitEmpty();
		assertThat(sent().size()).isLessThan(100);
	}

	private void startChoosing(NextHopClient client) {
		start(new Choosing(), client);
	}

	private NextHopClient atOnce() {
		return (hop, envelope, content) -> CompletableFuture.completedFuture(transmit(hop, envelope, content));
	}

	@Test
	void sendsEachRecipientWhereItIsChosen() {
		this.chosen.putAll(Map.of("a", "other.example", "c", "third.example"));
		keep("x", "a@example.com", "b@example.com", "c@example.com");
		startChoosing(atOnce());
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host() + " " + one.envelope().to())
			.containsExactlyInAnyOrder("other.example [a@example.com]", "example.com [b@example.com]",
					"third.example [c@example.com]");
	}

	@Test
	void choosesAnewAtEachAttempt() {
		this.chosen.put("a", "first.example");
		this.servers = (hop, recipient) -> {
			this.chosen.put("a", "second.example");
			return hop.host().equals("first.example") ? Verdict.of(Phase.RCPT, LATER) : Verdict.of(Phase.CONTENT, OK);
		};
		keep("x", "a@example.com");
		startChoosing(atOnce());
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host()).containsExactly("first.example", "second.example");
	}

	@Test
	void whatIsRefusedKeepsTheOthersOfItsDestinationFromNothing() throws Exception {
		this.chosen.put("a", "no");
		QueueId waiting = keep("x", "a@example.com");
		for (int i = 0; i < 30; i++) {
			keep("y", "b@example.com");
		}
		startChoosing(atOnce());
		await().until(() -> sent().size() == 30);
		await().until(() -> this.queue.find(waiting).orElseThrow().waiting().get(0).attempts() > 0);
		assertThat(this.queue.find(waiting).orElseThrow().waiting().get(0).lastReply()).isEqualTo(LATER.toString());
		this.chosen.clear();
		awaitEmpty();
	}

	@Test
	void theLimitsOfAChosenDestinationHoldForWhatComesFromManyOthers() {
		this.options = new RelayOptions(50, 3, 0, FAST, Duration.ZERO);
		this.chosen.put("a", "smart.example");
		Deque<Runnable> underWay = new ArrayDeque<>();
		AtomicInteger most = new AtomicInteger();
		for (int i = 0; i < 20; i++) {
			keep("x", "a@d" + i + ".example");
		}
		startChoosing((hop, envelope, content) -> {
			CompletableFuture<Transmission> result = new CompletableFuture<>();
			synchronized (underWay) {
				underWay.add(() -> result.complete(transmit(hop, envelope, content)));
				most.set(Math.max(most.get(), underWay.size()));
			}
			return result;
		});
		await().until(() -> this.relay.active() == 20);
		await().until(() -> {
			Runnable next;
			synchronized (underWay) {
				next = underWay.poll();
			}
			if (next != null) {
				next.run();
			}
			return sent().size() == 20;
		});
		awaitEmpty();
		assertThat(most).hasValue(3);
	}

	@Test
	void aChosenDestinationThatIsNotThereIsLeftAloneByAllThatComesFromOthers() {
		this.options = new RelayOptions(50, 2, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.chosen.put("a", "dead.example");
		this.servers = (hop, recipient) -> hop.host().equals("dead.example")
				? Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1, "No answer")
				: Verdict.of(Phase.CONTENT, OK);
		for (int i = 0; i < 100; i++) {
			keep("x", "a@d" + i % 10 + ".example");
			keep("y", "b@d" + i % 10 + ".example");
		}
		startChoosing(atOnce());
		await().until(() -> sent().stream().filter((one) -> one.content().equals("y")).count() == 100);
		await().until(() -> this.queue.counts()
			.destinations()
			.values()
			.stream()
			.mapToInt((states) -> states.getOrDefault(MessageState.DEFERRED, 0))
			.sum() == 100);
		assertThat(sent().stream().filter((one) -> one.content().equals("x")).count()).isBetween(1L, 2L);
	}

	@Test
	void whoeverKnowsBetterEndsThePauseOfAChosenDestination() {
		this.options = new RelayOptions(50, 1, 1, FAST, Duration.ZERO);
		this.chosen.put("a", "smart.example");
		keep("x", "a@d1.example");
		keep("x", "a@d2.example");
		startChoosing(atOnce());
		await().until(() -> sent().size() == 1 && this.relay.active() == 1);
		this.relay.retryNow(List.of("smart.example"));
		awaitEmpty();
		assertThat(sent()).hasSize(2);
	}

	@Test
	void nothingIsSentToASuspendedDestinationThatIsChosen() throws Exception {
		this.chosen.put("a", "smart.example");
		this.queue.suspend("smart.example");
		QueueId id = keep("x", "a@example.com");
		startChoosing(atOnce());
		await().until(() -> this.queue.find(id).orElseThrow().waiting().get(0).attempts() > 0);
		assertThat(this.queue.find(id).orElseThrow().waiting().get(0).lastReply()).startsWith("451 4.3.2 ");
		assertThat(sent()).isEmpty();
		this.queue.resume("smart.example");
		awaitEmpty();
		assertThat(sent()).hasSize(1);
	}

	@Test
	void whoWaitsToBeLetInDoesNotHoldUpTheEnd() throws Exception {
		this.options = new RelayOptions(50, 1, 1, FAST, Duration.ZERO);
		this.chosen.put("a", "smart.example");
		for (int i = 0; i < 10; i++) {
			keep("x", "a@d" + i + ".example");
		}
		startChoosing(atOnce());
		await().until(() -> sent().size() == 1 && this.relay.active() == 9);
		assertThat(this.relay.stop(Duration.ofSeconds(10))).isTrue();
		await().untilAsserted(() -> assertThat(this.queue.list(QueueFilter.first(10))).hasSize(9)
			.allSatisfy((one) -> assertThat(one.waiting().get(0).lastReply()).startsWith("451 4.3.2 ")));
	}

	@Test
	void destinationsWhoseMessagesGoToEachOtherDoNotWaitForEver() {
		this.options = new RelayOptions(50, 1, 0, FAST, Duration.ZERO);
		this.chosen.putAll(Map.of("a", "y.example", "b", "x.example"));
		keep("x", "a@x.example", "c@x.example");
		keep("y", "b@y.example");
		CompletableFuture<Void> bothUnderWay = new CompletableFuture<>();
		AtomicInteger asked = new AtomicInteger();
		start(new Choosing() {

			@Override
			public CompletionStage<List<Leg>> legs(Claim claim) {
				if (asked.incrementAndGet() == 2) {
					bothUnderWay.complete(null);
				}
				return bothUnderWay.thenCompose((nothing) -> super.legs(claim));
			}

		}, atOnce());
		awaitEmpty();
		assertThat(sent()).extracting((one) -> one.hop().host() + " " + one.envelope().to())
			.containsExactlyInAnyOrder("y.example [a@x.example]", "x.example [c@x.example]", "x.example [b@y.example]");
		await().until(() -> this.relay.active() == 0);
	}

	@Test
	void whatWaitsForASlowDestinationTakesNoRoomFromOthers() {
		this.options = new RelayOptions(4, 1, 0, FAST, Duration.ZERO);
		this.chosen.put("a", "slow.example");
		for (int i = 0; i < 20; i++) {
			keep("slow", "a@d" + i + ".example");
		}
		Deque<Runnable> underWay = new ArrayDeque<>();
		startChoosing(holding("slow.example", underWay));
		await().until(() -> this.relay.active() == 20);
		for (int i = 0; i < 20; i++) {
			keep("quick", "b@e" + i + ".example");
		}
		await().until(() -> sent().stream().filter((one) -> one.content().equals("quick")).count() == 20);
		await().until(() -> {
			Runnable next;
			synchronized (underWay) {
				assertThat(underWay.size()).isLessThanOrEqualTo(1);
				next = underWay.poll();
			}
			if (next != null) {
				next.run();
			}
			return this.queue.counts().messages() == 0;
		});
		assertThat(sent()).hasSize(40);
	}

	/** Mail to one host is taken when somebody says so, mail to others at once. */
	private NextHopClient holding(String host, Deque<Runnable> underWay) {
		return (hop, envelope, content) -> {
			CompletableFuture<Transmission> result = new CompletableFuture<>();
			if (hop.host().equals(host)) {
				synchronized (underWay) {
					underWay.add(() -> result.complete(transmit(hop, envelope, content)));
				}
			}
			else {
				result.complete(transmit(hop, envelope, content));
			}
			return result;
		};
	}

	@Test
	void noMoreThanAThousandMessagesWaitForOneDestinationThatIsChosen() throws Exception {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.chosen.put("a", "slow.example");
		for (int i = 0; i < 1010; i++) {
			keep("x", "a@d" + i % 100 + ".example");
		}
		Deque<Runnable> underWay = new ArrayDeque<>();
		startChoosing(holding("slow.example", underWay));
		await().until(() -> this.relay.active() == 1001 && countDeferred() == 9);
		assertThat(this.queue.list(QueueFilter.first(2000))).flatExtracting(QueuedMessage::waiting)
			.allSatisfy((one) -> {
				assertThat(one.attempts()).isZero();
				assertThat(one.lastReply()).isNull();
			});
		CompletableFuture<Void> drained = this.relay.drain();
		await().until(() -> this.relay.active() == 1);
		assertThat(drained).isNotDone();
		underWay.remove().run();
		drained.get(10, TimeUnit.SECONDS);
		assertThat(sent()).hasSize(1);
	}

	@Test
	void whatFindsTooManyOthersWhereItGoesIsSentWhenThereIsRoomAndThatWasNoAttempt() {
		this.options = new RelayOptions(50, 4, 0, FAST, Duration.ZERO);
		this.chosen.put("a", "slow.example");
		for (int i = 0; i < 1200; i++) {
			keep("x", "a@d" + i % 3 + ".example");
		}
		Set<Integer> attempts = ConcurrentHashMap.newKeySet();
		AtomicInteger asked = new AtomicInteger();
		CompletableFuture<Void> taken = new CompletableFuture<>();
		start(new Choosing() {

			@Override
			public CompletionStage<List<Leg>> legs(Claim claim) {
				attempts.add(claim.attempts());
				asked.incrementAndGet();
				return super.legs(claim);
			}

		}, (hop, envelope, content) -> taken.thenApply((nothing) -> transmit(hop, envelope, content)));
		await().until(() -> asked.get() > 1200);
		taken.complete(null);
		awaitEmpty();
		assertThat(sent()).hasSize(1200);
		assertThat(attempts).containsExactly(0);
	}

	/** Who waits for nothing else goes first. */
	@Test
	void aMessageWithOtherRecipientsIsNotHeldUpByACrowd() throws Exception {
		this.options = new RelayOptions(50, 1, 0,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.chosen.put("a", "slow.example");
		for (int i = 0; i < 1001; i++) {
			keep("x", "a@d" + i % 100 + ".example");
		}
		Deque<Runnable> underWay = new ArrayDeque<>();
		startChoosing(holding("slow.example", underWay));
		await().until(() -> this.relay.active() == 1001);
		QueueId id = keep("y", "b@other.example", "a@other.example");
		await().until(() -> this.queue.find(id).orElseThrow().waiting().get(0).attempts() == 1);
		assertThat(this.queue.find(id).orElseThrow().waiting()).singleElement().satisfies((waiting) -> {
			assertThat(waiting.recipients()).containsExactly(Mailbox.of("a@other.example"));
			assertThat(waiting.lastReply()).startsWith("451 4.4.5 ");
		});
		assertThat(sent()).extracting(Sent::content).containsExactly("y");
		this.relay.drain();
		synchronized (underWay) {
			underWay.remove().run();
		}
	}

	@Test
	void ownMailAndThatOfOthersTakeTurnsAtADestination() {
		this.options = new RelayOptions(50, 1, 0, FAST, Duration.ZERO);
		this.chosen.put("a", "slow.example");
		Deque<Runnable> underWay = new ArrayDeque<>();
		keep("own", "b@slow.example");
		keep("own", "b@slow.example");
		startChoosing(holding("slow.example", underWay));
		await().until(() -> this.relay.active() == 1);
		for (int i = 0; i < 10; i++) {
			keep("other", "a@d" + i + ".example");
		}
		await().until(() -> this.relay.active() == 11);
		for (int i = 0; i < 10; i++) {
			keep("own", "b@slow.example");
		}
		await().until(() -> {
			Runnable next;
			synchronized (underWay) {
				next = underWay.poll();
			}
			if (next != null) {
				next.run();
			}
			return this.queue.counts().messages() == 0;
		});
		assertThat(sent()).extracting(Sent::content)
			.startsWith("own", "other", "own", "other", "own", "other", "own", "other", "own", "other");
	}

	private int countDeferred() {
		return this.queue.counts()
			.destinations()
			.values()
			.stream()
			.mapToInt((states) -> states.getOrDefault(MessageState.DEFERRED, 0))
			.sum();
	}

	@Test
	void anExecutorThatTakesOnlySomeTasksLosesNoMessage() {
		this.options = new RelayOptions(50, 1, 0, FAST, Duration.ZERO);
		this.chosen.putAll(Map.of("a", "other.example", "b", "local.example"));
		this.routes.put("local.example", new Route.Local(new LocalDelivery() {

			@Override
			public boolean serves(Mailbox recipient) {
				return true;
			}

			@Override
			public List<Outcome> deliver(Envelope envelope, Content content) {
				return envelope.to().stream().map((to) -> new Outcome(to, Outcome.Kind.DELIVERED, OK)).toList();
			}

		}));
		for (int i = 0; i < 20; i++) {
			keep("x", "a@d" + i % 3 + ".example", "b@d" + i % 3 + ".example", "c@d" + i % 3 + ".example");
		}
		AtomicInteger tasks = new AtomicInteger();
		this.relay = new Relay(this.queue, new Choosing(), atOnce(),
				new DeliveryStatusNotifications("mx.example.com", 1024 * 1024), this.options, (task) -> {
					if (tasks.incrementAndGet() % 2 == 0) {
						throw new RejectedExecutionException("on purpose");
					}
					this.executor.execute(task);
				}, new RelayListener() {
				});
		this.relay.start();
		awaitEmpty();
		await().until(() -> this.relay.active() == 0);
		assertThat(sent()).hasSize(40);
	}

	@Test
	void whoeverKnowsBetterEndsThePauseForGood() {
		this.options = new RelayOptions(50, 1, 600,
				new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);
		this.servers = (hop, recipient) -> Verdict.trouble(Phase.CONNECT, Verdict.Advice.NEXT_HOST, 451, 4, 1,
				"No answer");
		for (int i = 0; i < 3; i++) {
			keep("x", "a@example.com");
		}
		start();
		await().until(() -> sent().size() == 1 && this.relay.active() == 0);
		this.servers = (hop, recipient) -> Verdict.of(Phase.CONTENT, OK);
		this.relay.retryNow(List.of("example.com"));
		// The first waits for its own time; the others keep the distance that was set.
		await().until(() -> this.queue.counts().messages() == 1);
		assertThat(sent()).hasSize(3);
	}

	@Test
	void aRouterThatFailsLosesNothing() {
		AtomicInteger asked = new AtomicInteger();
		keep("x", "a@example.com");
		start(new Domains() {

			@Override
			public boolean isChoosing() {
				return true;
			}

			@Override
			public CompletionStage<List<Leg>> legs(Claim claim) {
				return (asked.incrementAndGet() < 3) ? CompletableFuture.failedFuture(new IllegalStateException("no"))
						: super.legs(claim);
			}

		}, atOnce());
		awaitEmpty();
		assertThat(sent()).hasSize(1);
	}

	@Test
	void beginsNothingWhenItHasStoppedAndWaitsForWhatIsUnderWay() throws Exception {
		CompletableFuture<Transmission> slow = new CompletableFuture<>();
		CompletableFuture<Runnable> begun = new CompletableFuture<>();
		start((hop, envelope, content) -> {
			begun.complete(() -> slow.complete(transmission(hop, envelope)));
			return slow;
		});
		keep("x", "a@example.com");
		Runnable end = begun.get(10, TimeUnit.SECONDS);
		assertThat(this.relay.stop(Duration.ZERO)).isFalse();
		QueueId later = keep("y", "a@example.org");
		end.run();
		assertThat(this.relay.stop(Duration.ofSeconds(10))).isTrue();
		assertThat(this.queue.list(QueueFilter.first(9))).extracting(QueuedMessage::id).containsExactly(later);
	}

	@Test
	void aFailureOfOursLosesNothing() {
		AtomicInteger attempts = new AtomicInteger();
		start((hop, envelope, content) -> {
			if (attempts.incrementAndGet() < 3) {
				throw new IllegalStateException("on purpose");
			}
			return CompletableFuture.completedFuture(transmit(hop, envelope, content));
		});
		keep("x", "a@example.com");
		awaitEmpty();
		assertThat(sent()).hasSize(1);
	}

	/** Each attempt with a resolver of its own, which remembers nothing. */
	@Test
	void aNameThatBecomesOneOfOursIsConnectedToUnderItsFirstAddressAndThenNoMore() throws IOException {
		try (DnsServer dns = new DnsServer()) {
			dns.zone("rebinding.example 0 A 9.1.1.1");
			List<String> connected = new ArrayList<>();
			start(new Forgetful(dns), (hop, envelope, content) -> {
				dns.remove("rebinding.example.").zone("rebinding.example 0 A 127.0.0.1");
				synchronized (connected) {
					connected.add(hop + " " + hop.address().getAddress().getHostAddress());
				}
				this.servers = (next, recipient) -> Verdict.of(Phase.RCPT, LATER);
				return CompletableFuture.completedFuture(transmission(hop, envelope));
			});
			keep(ReversePath.NULL, "x", "a@rebinding.example");
			awaitEmpty();
			assertThat(connected).containsExactly("rebinding.example [9.1.1.1]:25 9.1.1.1");
			assertThat(dns.asked()).filteredOn("rebinding.example. A"::equals).hasSize(2);
		}
	}

	private record Forgetful(DnsServer server) implements Router {

		@Override
		public String destination(ReversePath sender, Mailbox recipient) {
			return recipient.asciiDomain();
		}

		@Override
		public CompletionStage<Route> route(String destination) {
			DnsResolver dns = new DnsResolver(new DnsOptions(List.of(this.server.address()), Duration.ofSeconds(10)));
			return new MxRouter(dns, RoutingOptions.defaults(),
					new Ourselves(List.of("mx.example.com"), List.of(), List.of()))
				.route(destination)
				.whenCompleteAsync((route, failure) -> dns.close());
		}

	}

	@Test
	void sendsToARealServer() throws IOException {
		List<String> arrived = new ArrayList<>();
		try (SmtpServer server = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(0)
			.hostname("mx.example.org")
			.domains("example.org")
			.handler("queue", "keep", (req, res) -> {
				try (InputStream in = req.message().openStream()) {
					synchronized (arrived) {
						arrived.add(req.session().envelope().to() + " "
								+ new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
					}
				}
				return res.accept();
			})
			.build(); SmtpClient client = SmtpClient.builder().ehloName("mx.example.com").build()) {
			server.start();
			NextHop hop = new NextHop("localhost",
					new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
			this.routes.put("example.org", new Route.Hops(List.of(hop)));
			for (int i = 0; i < 30; i++) {
				keep("Subject: " + i + "\r\n\r\n.dot\r\n", "a@example.org", "b@example.org");
			}
			start((next, envelope, content) -> client.send(SmtpTarget.of(next.host(), next.address()), envelope,
					content));
			awaitEmpty();
			assertThat(arrived).hasSize(30)
				.allSatisfy((one) -> assertThat(one).startsWith("[a@example.org, b@example.org] Received: ")
					.endsWith("\r\n\r\n.dot\r\n"));
			assertThat(this.relay.stop(Duration.ofSeconds(10))).isTrue();
		}
	}

	@Test
	void listenersThatAreSlowToHearWhatIsQueuedHoldUpNoMail() throws IOException {
		int messages = 20 + 10 * Runtime.getRuntime().availableProcessors();
		CountDownLatch slow = new CountDownLatch(1);
		AtomicInteger queued = new AtomicInteger();
		AtomicInteger delivered = new AtomicInteger();
		RelayListener listener = new RelayListener() {

			@Override
			public void queued(QueueId id, Envelope envelope) {
				awaitZero(slow);
				queued.incrementAndGet();
			}

			@Override
			public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
				delivered.incrementAndGet();
			}

		};
		try (SmtpServer server = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(0)
			.hostname("mx.example.org")
			.domains("example.org")
			.maildir(this.directory.resolve("mail") + "/%n")
			.relay((spec) -> spec.directory(this.directory.resolve("relay")).listener(listener))
			.build()) {
			server.start();
			try {
				for (int i = 0; i < messages; i++) {
					server.relay()
						.orElseThrow()
						.send(Envelope.of(ReversePath.NULL, Mailbox.of("a@example.org")), source("a: b\r\n"));
				}
				await().until(() -> delivered.get() == messages);
				assertThat(queued).hasValue(0);
			}
			finally {
				slow.countDown();
			}
			await().until(() -> queued.get() == messages);
		}
	}

	private static void awaitZero(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void retriesGrowWithTheSquareAndEndInTime() {
		RetrySchedule schedule = RetrySchedule.DEFAULTS;
		Instant start = Instant.parse("2026-03-01T12:00:00Z");
		for (int attempt = 1; attempt < 30; attempt++) {
			long seconds = Duration.between(start, schedule.next(start, attempt, start, new Random(attempt)))
				.toSeconds();
			long wanted = Math.min(attempt * attempt * 60L, 4 * 3600);
			assertThat(seconds).isBetween((long) (wanted * 0.89), (long) (wanted * 1.11));
		}
		Instant late = start.plus(Duration.ofHours(47));
		assertThat(schedule.next(late, 20, start, new Random(1))).isEqualTo(start.plus(Duration.ofHours(48)));
		assertThat(schedule.isOver(late, start)).isFalse();
		assertThat(schedule.isOver(start.plus(Duration.ofHours(48)), start)).isTrue();
	}

}
