/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * What every {@link MessageQueue} must do, in this module or in another. Time stands
 * still unless a test moves it.
 */
public abstract class MessageQueueContract {

	private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	private volatile long now;

	private MessageQueue queue;

	/**
	 * Opens the queue; what was in it the last time is in it again.
	 * @param clock the time of the tests
	 */
	protected abstract MessageQueue open(InstantSource clock) throws IOException;

	/** Tells a queue that has its time from elsewhere what it is from now on. */
	protected void timeIs(Instant time) {
	}

	@BeforeEach
	void open() throws IOException {
		timeIs(START.toEpochMilli());
		this.queue = reopened();
	}

	private void timeIs(long millis) {
		this.now = millis;
		timeIs(Instant.ofEpochMilli(millis));
	}

	/** Closes the queue. */
	@AfterEach
	protected void close() {
		this.queue.close();
	}

	private MessageQueue reopened() throws IOException {
		return open(() -> Instant.ofEpochMilli(this.now));
	}

	private void reopen() throws IOException {
		this.queue.close();
		this.queue = reopened();
	}

	private void pass(Duration time) {
		timeIs(this.now + time.toMillis());
	}

	private Instant in(Duration time) {
		return Instant.ofEpochMilli(this.now).plus(time);
	}

	private QueueId keep(String content, String... recipients) {
		return this.queue.enqueue(Messages.message(content, recipients)).toCompletableFuture().join();
	}

	private Claim claim(String destination) throws IOException {
		return this.queue.claim(destination).orElseThrow();
	}

	private void settle(Claim claim, Outcome.Kind kind) {
		Instant retryAt = (kind == Outcome.Kind.DEFERRED) ? in(Duration.ofMinutes(1)) : null;
		this.queue.settle(claim, Messages.all(claim, kind), retryAt).toCompletableFuture().join();
	}

	@Test
	void isEmptyAtFirst() throws IOException {
		assertThat(this.queue.ready()).isEmpty();
		assertThat(this.queue.nextReady()).isEmpty();
		assertThat(this.queue.claim("example.com")).isEmpty();
		assertThat(this.queue.list(QueueFilter.first(10))).isEmpty();
		assertThat(this.queue.counts()).isEqualTo(new QueueCounts(0, 0, Map.of()));
	}

	@Test
	void givesBackWhatItWasGiven() throws IOException {
		QueueId id = keep("Subject: a\r\n\r\nHello\r\n", "bob@example.com", "\"b c\"@Example.COM", "ann@example.org",
				"jürgen@bücher.example", "c@[192.0.2.1]");
		reopen();
		Claim claim = claim("example.com");
		assertThat(claim.id()).isEqualTo(id);
		assertThat(claim.envelope().from()).isEqualTo(ReversePath.of(Mailbox.of("\"odd one\"@client.example")));
		assertThat(claim.envelope().parameters()).isEqualTo(Parameters.of("RET=HDRS ENVID=a+20b"));
		assertThat(claim.envelope().recipients()).containsExactly(
				new Recipient(Mailbox.of("bob@example.com"), Parameters.of("NOTIFY=FAILURE")),
				new Recipient(Mailbox.of("\"b c\"@example.com"), Parameters.of("NOTIFY=FAILURE")));
		assertThat(claim.enqueued()).isEqualTo(START);
		assertThat(claim.attempts()).isZero();
		assertThat(claim.lastAttempt()).isNull();
		assertThat(claim.content().size()).isEqualTo(21);
		assertThat(Messages.content(claim)).isEqualTo("Subject: a\r\n\r\nHello\r\n");
		assertThat(Messages.content(claim)).as("once more").startsWith("Subject: a");
		assertThat(claim("example.org").envelope().to()).containsExactly(Mailbox.of("ann@example.org"));
		assertThat(claim("xn--bcher-kva.example").envelope().to()).containsExactly(Mailbox.of("jürgen@bücher.example"));
		assertThat(this.queue.claim("example.com")).isEmpty();
	}

	@Test
	void whatIsGivenBackForLaterWaitsWithoutAnAttempt() throws IOException {
		keep("x", "bob@example.com");
		keep("y", "bob@example.com");
		this.queue.giveBack(claim("example.com"), in(Duration.ofSeconds(10)));
		Claim other = claim("example.com");
		assertThat(Messages.content(other)).isEqualTo("y");
		settle(other, Outcome.Kind.DELIVERED);
		assertThat(this.queue.claim("example.com")).isEmpty();
		pass(Duration.ofSeconds(10));
		Claim again = claim("example.com");
		assertThat(again.attempts()).isZero();
		assertThat(again.lastAttempt()).isNull();
	}

	@Test
	void theLastReplyIsThatToThoseWhoWait() throws IOException {
		QueueId id = keep("x", "ann@example.com", "bob@example.com");
		Claim claim = claim("example.com");
		List<Outcome> outcomes = List.of(
				new Outcome(Mailbox.of("ann@example.com"), Outcome.Kind.DEFERRED, new Reply(450, "4.2.0 Later")),
				new Outcome(Mailbox.of("bob@example.com"), Outcome.Kind.DELIVERED, new Reply(250, "2.0.0 OK")));
		this.queue.settle(claim, outcomes, in(Duration.ofMinutes(1))).toCompletableFuture().join();
		assertThat(this.queue.find(id).orElseThrow().waiting()).singleElement()
			.satisfies((waiting) -> assertThat(waiting.lastReply()).isEqualTo("450 4.2.0 Later"));
	}

	/** As with RCPT: the local part as it is written, the domain in any case. */
	@Test
	void whoIsNamedTwiceGetsItOnce() throws IOException {
		keep("x", "bob@example.com", "ann@example.com", "bob@EXAMPLE.com", "\"bob\"@example.com", "Bob@example.com");
		Claim claim = claim("example.com");
		assertThat(claim.envelope().to()).extracting(Mailbox::toString)
			.containsExactly("bob@example.com", "ann@example.com", "Bob@example.com");
		settle(claim, Outcome.Kind.DELIVERED);
		assertThat(this.queue.counts().messages()).isZero();
	}

	@Test
	void keepsTheNullSenderAndContentsOfAllSizes() throws IOException {
		Random random = new Random(1);
		for (int size : new int[] { 0, 1, 4096, 100_000, 3_000_000 }) {
			byte[] content = new byte[size];
			random.nextBytes(content);
			NewMessage message = new NewMessage(ReversePath.NULL, Parameters.NONE,
					List.of(new NewMessage.Addressee(new Recipient(Mailbox.of("b@example.com"), Parameters.NONE),
							"smart host:587")),
					Messages.source(content), null);
			this.queue.enqueue(message).toCompletableFuture().join();
			reopen();
			Claim claim = claim("smart host:587");
			assertThat(claim.envelope().from().isNull()).isTrue();
			assertThat(claim.content().openStream().readAllBytes()).isEqualTo(content);
			settle(claim, Outcome.Kind.DELIVERED);
		}
		assertThat(this.queue.counts().messages()).isZero();
	}

	@Test
	void tellsOfADestinationUntilItIsFoundEmpty() throws IOException {
		keep("1", "a@example.com");
		assertThat(this.queue.nextReady()).contains(Duration.ZERO);
		assertThat(this.queue.ready()).containsExactly("example.com");
		keep("2", "b@example.com");
		assertThat(this.queue.ready()).isEmpty();
		assertThat(this.queue.nextReady()).isEmpty();
		assertThat(Messages.content(claim("example.com"))).isEqualTo("1");
		assertThat(Messages.content(claim("example.com"))).isEqualTo("2");
		assertThat(this.queue.claim("example.com")).isEmpty();
		keep("3", "c@example.com");
		assertThat(this.queue.ready()).containsExactly("example.com");
	}

	@Test
	void callsWhenSomethingIsReadyEarlierThanItSaid() throws IOException {
		AtomicInteger calls = new AtomicInteger();
		this.queue.onReady(calls::incrementAndGet);
		assertThat(this.queue.nextReady()).isEmpty();
		keep("1", "a@example.com");
		assertThat(calls).hasValue(1);
		keep("2", "a@example.org");
		assertThat(calls).as("no need: it was told and has not asked").hasValue(1);
		assertThat(this.queue.ready()).containsExactlyInAnyOrder("example.com", "example.org");
		assertThat(this.queue.nextReady()).isEmpty();
		Claim claim = claim("example.com");
		assertThat(this.queue.claim("example.com")).isEmpty();
		this.queue.giveBack(claim);
		assertThat(calls).hasValue(2);
	}

	@Test
	void deliversEachDestinationByItself() throws IOException {
		QueueId id = keep("x", "a@example.com", "b@example.org");
		settle(claim("example.com"), Outcome.Kind.DELIVERED);
		reopen();
		assertThat(this.queue.claim("example.com")).isEmpty();
		assertThat(this.queue.find(id).orElseThrow().waiting()).singleElement()
			.satisfies((waiting) -> assertThat(waiting.destination()).isEqualTo("example.org"));
		settle(claim("example.org"), Outcome.Kind.BOUNCED);
		assertThat(this.queue.find(id)).isEmpty();
		reopen();
		assertThat(this.queue.find(id)).isEmpty();
		assertThat(this.queue.counts().messages()).isZero();
	}

	@Test
	void triesTheDeferredRecipientsAgainWhenItIsTime() throws IOException {
		QueueId id = keep("x", "a@example.com", "b@example.com", "c@example.com");
		Claim claim = claim("example.com");
		List<Outcome> outcomes = new ArrayList<>(Messages.all(claim, Outcome.Kind.DEFERRED));
		outcomes.set(0, Messages.all(claim, Outcome.Kind.DELIVERED).get(0));
		outcomes.set(2, Messages.all(claim, Outcome.Kind.BOUNCED).get(2));
		this.queue.settle(claim, outcomes, in(Duration.ofMinutes(1))).toCompletableFuture().join();
		assertThat(this.queue.nextReady()).contains(Duration.ofMinutes(1));
		for (int i = 0; i < 2; i++) {
			assertThat(this.queue.claim("example.com")).isEmpty();
			QueuedMessage.Waiting waiting = this.queue.find(id).orElseThrow().waiting().get(0);
			assertThat(waiting.recipients()).containsExactly(Mailbox.of("b@example.com"));
			assertThat(waiting.state()).isEqualTo(MessageState.DEFERRED);
			assertThat(waiting.attempts()).isEqualTo(1);
			assertThat(waiting.nextAttempt()).isEqualTo(START.plusSeconds(60));
			reopen();
		}
		pass(Duration.ofMinutes(1));
		assertThat(this.queue.ready()).containsExactly("example.com");
		Claim second = claim("example.com");
		assertThat(second.attempts()).isEqualTo(1);
		assertThat(second.lastAttempt()).isEqualTo(START);
		assertThat(second.envelope().to()).containsExactly(Mailbox.of("b@example.com"));
		settle(second, Outcome.Kind.DEFERRED);
		assertThat(this.queue.find(id).orElseThrow().waiting().get(0).lastReply()).contains("450", "Later");
		reopen();
		assertThat(this.queue.find(id).orElseThrow().waiting().get(0).lastReply()).contains("450", "Later");
	}

	@Test
	void remembersTheLastAttempts() throws IOException {
		QueueId id = keep("x", "a@example.com", "b@example.com");
		List<Attempt> attempts = new ArrayList<>();
		for (int i = 0; i <= Attempt.KEPT; i++) {
			Claim claim = claim("example.com");
			Reply reply = new Reply(450, "4.2.0 No. " + i);
			List<Outcome> outcomes = claim.envelope()
				.to()
				.stream()
				.map((recipient) -> new Outcome(recipient, Outcome.Kind.DEFERRED, reply))
				.collect(Collectors.toCollection(ArrayList::new));
			if (i == 3) {
				// What is said to those that are done with is not what the others wait
				// for.
				outcomes.set(1, new Outcome(outcomes.get(1).recipient(), Outcome.Kind.DELIVERED, new Reply(250, "OK")));
			}
			this.queue.settle(claim, outcomes, in(Duration.ofMinutes(1))).toCompletableFuture().join();
			attempts.add(new Attempt(in(Duration.ZERO), reply.toString()));
			if (i % 4 == 0) {
				reopen();
			}
			pass(Duration.ofMinutes(1));
		}
		QueuedMessage.Waiting waiting = this.queue.find(id).orElseThrow().waiting().get(0);
		assertThat(waiting.attempts()).isEqualTo(Attempt.KEPT + 1);
		assertThat(waiting.history()).isEqualTo(attempts.subList(1, attempts.size()));
		assertThat(waiting.lastReply()).endsWith("No. " + Attempt.KEPT);
	}

	@Test
	void claimsInTheOrderOfTime() throws IOException {
		keep("1", "a@example.com");
		Claim late = claim("example.com");
		settle(late, Outcome.Kind.DEFERRED);
		pass(Duration.ofSeconds(30));
		keep("2", "a@example.com");
		pass(Duration.ofSeconds(10));
		keep("3", "a@example.com");
		pass(Duration.ofHours(1));
		assertThat(Messages.content(claim("example.com"))).isEqualTo("2");
		assertThat(Messages.content(claim("example.com"))).isEqualTo("3");
		assertThat(Messages.content(claim("example.com"))).isEqualTo("1");
	}

	@Test
	void sendsNothingBeforeItMay() throws IOException {
		this.queue.enqueue(Messages.message(new byte[1], in(Duration.ofHours(3)), "a@example.com"))
			.toCompletableFuture()
			.join();
		reopen();
		assertThat(this.queue.nextReady()).contains(Duration.ofHours(3));
		assertThat(this.queue.claim("example.com")).isEmpty();
		pass(Duration.ofHours(3));
		assertThat(this.queue.claim("example.com")).isPresent();
	}

	@Test
	void knowsFromWhenOnAMessageCouldBeSent() throws IOException {
		Instant later = in(Duration.ofDays(3));
		for (Instant notBefore : new Instant[] { later, START.minusSeconds(1), null }) {
			NewMessage message = Messages.message("x", "a@example.com");
			this.queue
				.enqueue(new NewMessage(message.from(), message.parameters(), message.recipients(), message.content(),
						notBefore))
				.toCompletableFuture()
				.join();
		}
		reopen();
		assertThat(claim("example.com").begun()).isEqualTo(START);
		assertThat(claim("example.com").begun()).isEqualTo(START);
		pass(Duration.ofDays(3));
		Claim claim = claim("example.com");
		assertThat(claim.begun()).isEqualTo(later);
		assertThat(claim.enqueued()).isEqualTo(START);
		settle(claim, Outcome.Kind.DEFERRED);
		reopen();
		pass(Duration.ofDays(1));
		Claim again = claim("example.com");
		while (again.attempts() == 0) {
			again = claim("example.com");
		}
		assertThat(again.begun()).isEqualTo(later);
	}

	@Test
	void letsNothingWaitLongerBecauseTheClockWasSetBack() throws IOException {
		keep("x", "a@example.com");
		settle(claim("example.com"), Outcome.Kind.DEFERRED);
		this.queue.close();
		timeIs(this.now - Duration.ofDays(30).toMillis());
		this.queue = reopened();
		assertThat(this.queue.nextReady()).contains(Duration.ofMinutes(1));
		pass(Duration.ofMinutes(1));
		assertThat(this.queue.claim("example.com")).isPresent();
	}

	@Test
	void takesAClaimBackAsIfNothingHadBeen() throws IOException {
		keep("x", "a@example.com");
		this.queue.ready();
		Claim claim = claim("example.com");
		assertThat(this.queue.claim("example.com")).isEmpty();
		this.queue.giveBack(claim);
		assertThat(this.queue.ready()).containsExactly("example.com");
		assertThat(claim("example.com").attempts()).isZero();
	}

	@Test
	void claimsAgainWhatWasInFlightWhenItWasClosed() throws IOException {
		keep("x", "a@example.com");
		claim("example.com");
		reopen();
		assertThat(Messages.content(claim("example.com"))).isEqualTo("x");
	}

	@Test
	void settlesAClaimOnceAndCompletely() throws IOException {
		keep("x", "a@example.com", "b@example.com");
		Claim claim = claim("example.com");
		assertThatNullPointerException()
			.isThrownBy(() -> this.queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED).subList(0, 1), null))
			.withMessageContaining("b@example.com");
		assertThatNullPointerException()
			.isThrownBy(() -> this.queue.settle(claim, Messages.all(claim, Outcome.Kind.DEFERRED), null));
		settle(claim, Outcome.Kind.DELIVERED);
		assertThatIllegalStateException().isThrownBy(() -> settle(claim, Outcome.Kind.DELIVERED));
		assertThatIllegalStateException().isThrownBy(() -> this.queue.giveBack(claim));
	}

	@Test
	void holdsAndReleases() throws IOException {
		QueueId id = keep("x", "a@example.com", "a@example.org");
		Claim inFlight = claim("example.com");
		assertThat(this.queue.hold(id)).isTrue();
		settle(inFlight, Outcome.Kind.DEFERRED);
		pass(Duration.ofHours(1));
		for (int i = 0; i < 2; i++) {
			assertThat(this.queue.ready()).isEmpty();
			assertThat(this.queue.claim("example.com")).isEmpty();
			assertThat(this.queue.counts().destinations()).containsEntry("example.com", Map.of(MessageState.HELD, 1));
			reopen();
		}
		assertThat(this.queue.release(id)).isTrue();
		assertThat(this.queue.ready()).containsExactlyInAnyOrder("example.com", "example.org");
		reopen();
		assertThat(claim("example.com").attempts()).isEqualTo(1);
		assertThat(this.queue.hold(new QueueId(1))).isFalse();
		assertThat(this.queue.release(new QueueId(1))).isFalse();
	}

	@Test
	void triesAgainAtOnceIfItIsToldTo() throws IOException {
		QueueId id = keep("x", "a@example.com");
		settle(claim("example.com"), Outcome.Kind.DEFERRED);
		assertThat(this.queue.retryNow(id)).isTrue();
		reopen();
		assertThat(claim("example.com").attempts()).isEqualTo(1);
		assertThat(this.queue.retryNow(new QueueId(1))).isFalse();
	}

	@Test
	void deletesAlsoWhatIsInFlight() throws IOException {
		QueueId id = keep("x", "a@example.com", "a@example.org");
		Claim claim = claim("example.com");
		assertThat(this.queue.delete(id)).isTrue();
		assertThat(this.queue.delete(id)).isFalse();
		settle(claim, Outcome.Kind.DEFERRED);
		assertThat(this.queue.ready()).isEmpty();
		assertThat(this.queue.counts()).isEqualTo(new QueueCounts(0, 0, Map.of()));
		reopen();
		assertThat(this.queue.find(id)).isEmpty();
		assertThat(this.queue.claim("example.org")).isEmpty();
	}

	@Test
	void suspendsAndResumesADestination() throws IOException {
		keep("x", "a@example.com", "a@example.org");
		this.queue.suspend("example.com");
		keep("y", "a@example.com");
		for (int i = 0; i < 2; i++) {
			assertThat(this.queue.ready()).containsExactly("example.org");
			assertThat(this.queue.claim("example.com")).isEmpty();
			assertThat(this.queue.suspended()).containsExactly("example.com");
			reopen();
		}
		this.queue.resume("example.com");
		assertThat(this.queue.ready()).contains("example.com");
		reopen();
		assertThat(this.queue.suspended()).isEqualTo(Set.of());
		assertThat(this.queue.claim("example.com")).isPresent();
	}

	@Test
	void listsByDestinationStateAndPage() throws IOException {
		QueueId first = keep("1", "a@example.com");
		QueueId second = keep("22", "a@example.com", "b@example.org");
		QueueId third = keep("333", "b@example.org");
		assertThat(List.of(first, second, third)).isSorted();
		settle(claim("example.com"), Outcome.Kind.DEFERRED);
		this.queue.hold(third);
		assertThat(ids(QueueFilter.first(2))).containsExactly(first, second);
		assertThat(ids(new QueueFilter(null, null, second, 2))).containsExactly(third);
		assertThat(ids(new QueueFilter("example.org", null, null, 9))).containsExactly(second, third);
		assertThat(ids(new QueueFilter(null, MessageState.DEFERRED, null, 9))).containsExactly(first);
		assertThat(ids(new QueueFilter("example.org", MessageState.READY, null, 9))).containsExactly(second);
		assertThat(ids(new QueueFilter(null, MessageState.IN_FLIGHT, null, 9))).isEmpty();
		assertThat(this.queue.counts()).isEqualTo(
				new QueueCounts(3, 6, Map.of("example.com", Map.of(MessageState.DEFERRED, 1, MessageState.READY, 1),
						"example.org", Map.of(MessageState.READY, 1, MessageState.HELD, 1))));
	}

	private List<QueueId> ids(QueueFilter filter) throws IOException {
		return this.queue.list(filter).stream().map(QueuedMessage::id).toList();
	}

	@Test
	void givesEachMessageToOneOfManyThreadsAndNoneIsLost() throws Exception {
		int threads = 4;
		int each = 250;
		ConcurrentLinkedQueue<String> delivered = new ConcurrentLinkedQueue<>();
		CountDownLatch start = new CountDownLatch(1);
		List<CompletableFuture<Void>> work = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int thread = i;
			work.add(CompletableFuture.runAsync(() -> {
				start.countDown();
				for (int j = 0; j < each; j++) {
					keep(thread + "-" + j, "a@d" + (j % 3) + ".example");
				}
			}));
			work.add(CompletableFuture.runAsync(() -> deliver(threads * each, delivered)));
		}
		for (CompletableFuture<Void> one : work) {
			one.join();
		}
		assertThat(delivered).hasSize(threads * each).doesNotHaveDuplicates();
		assertThat(this.queue.counts().messages()).isZero();
	}

	private void deliver(int all, ConcurrentLinkedQueue<String> delivered) {
		Random random = new Random(all);
		while (delivered.size() < all) {
			try {
				Claim claim = this.queue.claim("d" + random.nextInt(3) + ".example").orElse(null);
				if (claim == null) {
					Thread.onSpinWait();
				}
				else if (random.nextInt(5) == 0) {
					this.queue.giveBack(claim);
				}
				else {
					delivered.add(Messages.content(claim));
					settle(claim, Outcome.Kind.DELIVERED);
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	/** Against a model, with many changes and reopenings. */
	@Test
	void doesWhatASimpleModelDoes() throws IOException {
		long seed = Long.getLong("mailio.queue.seed", System.nanoTime());
		System.out.println("MessageQueueContract seed " + seed);
		Random random = new Random(seed);
		Map<QueueId, Map<String, Set<String>>> model = new HashMap<>();
		List<String> domains = List.of("a.example", "b.example", "c.example");
		for (int step = 0; step < 2000; step++) {
			switch (random.nextInt(8)) {
				case 0, 1, 2 -> {
					String[] recipients = random.ints(1 + random.nextInt(5), 0, 9)
						.distinct()
						.mapToObj((i) -> "u" + i + "@" + domains.get(i % 3))
						.toArray(String[]::new);
					Map<String, Set<String>> byDomain = new HashMap<>();
					Arrays.stream(recipients)
						.forEach((one) -> byDomain
							.computeIfAbsent(one.substring(one.indexOf('@') + 1), (key) -> new java.util.TreeSet<>())
							.add(one));
					model.put(keep("x".repeat(random.nextInt(20_000)), recipients), byDomain);
				}
				case 3, 4, 5 -> settleSome(random, domains.get(random.nextInt(3)), model);
				case 6 -> model.keySet().stream().findAny().ifPresent((id) -> {
					if (random.nextInt(10) == 0) {
						assertThat(this.queue.delete(id)).isTrue();
						model.remove(id);
					}
				});
				default -> {
					if (random.nextInt(20) == 0) {
						reopen();
					}
					pass(Duration.ofSeconds(random.nextInt(60)));
				}
			}
		}
		reopen();
		Map<QueueId, Map<String, Set<String>>> kept = new HashMap<>();
		for (QueuedMessage message : this.queue.list(QueueFilter.first(10_000))) {
			Map<String, Set<String>> waiting = new HashMap<>();
			message.waiting()
				.forEach((one) -> one.recipients()
					.forEach((mailbox) -> waiting.computeIfAbsent(one.destination(), (key) -> new java.util.TreeSet<>())
						.add(mailbox.toString())));
			kept.put(message.id(), waiting);
		}
		assertThat(kept).as("seed %d", seed).isEqualTo(model);
	}

	private void settleSome(Random random, String domain, Map<QueueId, Map<String, Set<String>>> model)
			throws IOException {
		Claim claim = this.queue.claim(domain).orElse(null);
		if (claim == null) {
			return;
		}
		Set<String> left = model.get(claim.id()).get(domain);
		assertThat(claim.envelope().to()).extracting(Mailbox::toString).containsExactlyInAnyOrderElementsOf(left);
		List<Outcome> outcomes = new ArrayList<>();
		for (Mailbox mailbox : claim.envelope().to()) {
			Outcome.Kind kind = Outcome.Kind.values()[random.nextInt(3)];
			outcomes.add(new Outcome(mailbox, kind, Messages.all(claim, kind).get(0).reply()));
			if (kind != Outcome.Kind.DEFERRED) {
				left.remove(mailbox.toString());
			}
		}
		this.queue.settle(claim, outcomes, in(Duration.ofSeconds(random.nextInt(300)))).toCompletableFuture().join();
		if (left.isEmpty()) {
			model.get(claim.id()).remove(domain);
		}
		if (model.get(claim.id()).isEmpty()) {
			model.remove(claim.id());
		}
	}

}
