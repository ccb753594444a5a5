/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailio.queue.Claim;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.Outcome;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what waits in a queue: claims the messages of each destination, finds the way,
 * sends them, and settles what has become of them. Destinations take turns, so that one
 * with a million messages does not keep the others waiting.
 *
 * <p>
 * What blocks runs on the executor that it is given; a thread of its own only waits for
 * what comes and for what is due. Safe for use by several threads.
 */
public final class Relay implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Relay.class);

	/** When the queue cannot be read, it is asked again after this time. */
	private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

	/** What finds too many others where it goes is tried again after this time. */
	private static final Duration AFTER_CROWD = Duration.ofSeconds(10);

	private static final Reply UNREACHABLE = new Reply(451, new EnhancedStatusCode(4, 1),
			"No server of the destination takes mail at present");

	private static final Reply SUSPENDED = new Reply(451, new EnhancedStatusCode(3, 2),
			"Nothing is sent to the destination at present");

	private static final Reply CROWDED = new Reply(451, new EnhancedStatusCode(4, 5),
			"Too many messages wait for the destination at present");

	private static final Reply STOPPING = new Reply(451, new EnhancedStatusCode(3, 2),
			"The relay was stopped before it was the message's turn");

	private static final Reply OUR_FAULT = new Reply(451, new EnhancedStatusCode(3, 0),
			"The message could not be sent for a reason of ours");

	private final MessageQueue queue;

	private final Router router;

	private final NextHopClient client;

	private final Settlement settlement;

	private final RelayOptions options;

	private final Executor executor;

	private final InstantSource clock;

	private final ReentrantLock lock = new ReentrantLock();

	/** Something has come, or has become possible. */
	private final Condition wake = this.lock.newCondition();

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	// The rest is guarded by the lock.

	private final Lanes lanes;

	/** Messages under way. */
	private int active;

	private boolean asked = true;

	private boolean stopped;

	private @Nullable Thread thread;

	/**
	 * Prepares a relay.
	 * @param queue what it delivers; it stays the caller's
	 * @param router finds hosts
	 * @param client speaks to them; it stays the caller's
	 * @param notifications tells senders
	 * @param options how much it does at a time
	 * @param executor where it blocks, for as long as disks and listeners do
	 * @param listener hears what becomes of messages
	 */
	public Relay(MessageQueue queue, Router router, NextHopClient client, DeliveryStatusNotifications notifications,
			RelayOptions options, Executor executor, RelayListener listener) {
		this(queue, router, client, notifications, options, executor, listener, InstantSource.system());
	}

	Relay(MessageQueue queue, Router router, NextHopClient client, DeliveryStatusNotifications notifications,
			RelayOptions options, Executor executor, RelayListener listener, InstantSource clock) {
		this.queue = queue;
		this.router = router;
		this.client = client;
		this.settlement = new Settlement(queue, router, notifications, options, listener);
		this.options = options;
		this.lanes = new Lanes(options);
		this.executor = new KeepingExecutor(executor);
		this.clock = clock;
	}

	/**
	 * Begins.
	 * @throws IllegalStateException if it was begun before
	 */
	public void start() {
		this.lock.lock();
		try {
			if (this.thread != null || this.stopped) {
				throw new IllegalStateException("A relay is started once");
			}
			this.thread = new Thread(this::run, "mailio-relay");
			this.thread.setDaemon(true);
		}
		finally {
			this.lock.unlock();
		}
		// First, or what comes before is heard by nobody.
		this.queue.onReady(this::wake);
		this.thread.start();
	}

	private void wake() {
		this.lock.lock();
		try {
			this.asked = true;
			this.wake.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Tries destinations at once that are left alone because they were not reached.
	 * @param destinations their names
	 */
	public void retryNow(Collection<String> destinations) {
		List<Runnable> admitted;
		this.lock.lock();
		try {
			Instant now = this.clock.instant();
			destinations.forEach((destination) -> this.lanes.unpause(destination, now));
			admitted = this.lanes.takeAdmitted();
			this.asked = true;
			this.wake.signal();
		}
		finally {
			this.lock.unlock();
		}
		admitted.forEach(Runnable::run);
	}

	/**
	 * The destinations that are left alone because nobody there has taken anything, and
	 * until when; one message asks again then.
	 */
	public Map<String, Instant> paused() {
		this.lock.lock();
		try {
			return this.lanes.paused(this.clock.instant());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** How many messages are under way. */
	public int active() {
		this.lock.lock();
		try {
			return this.active;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begins nothing more. Does not block.
	 * @return completes, on any thread, when nothing is under way any more
	 */
	public CompletableFuture<Void> drain() {
		List<Runnable> admitted;
		this.lock.lock();
		try {
			this.stopped = true;
			this.wake.signal();
			this.lanes.close(this.clock.instant());
			admitted = this.lanes.takeAdmitted();
			if (this.active == 0) {
				this.idle.complete(null);
			}
		}
		finally {
			this.lock.unlock();
		}
		admitted.forEach(Runnable::run);
		return this.idle.copy();
	}

	/**
	 * Begins nothing more, and waits for what is under way.
	 * @param grace for how long
	 * @return whether nothing is under way any more; what is comes back to the queue when
	 * that is closed
	 */
	public boolean stop(Duration grace) {
		try {
			drain().get(grace.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			return false;
		}
	}

	/** Begins nothing more. */
	@Override
	public void close() {
		drain();
	}

	// ---- The thread: waits, and looks what there is ----

	private void run() {
		while (true) {
			Duration wait;
			try {
				List<String> ready = this.queue.ready();
				takeOn(ready);
				wait = this.queue.nextReady().orElse(Duration.ofDays(1));
			}
			catch (RuntimeException ex) {
				logger.error("The queue cannot be read", ex);
				wait = AFTER_FAILURE;
			}
			begin();
			if (!await(wait)) {
				return;
			}
		}
	}

	private void takeOn(List<String> ready) {
		List<Runnable> admitted;
		this.lock.lock();
		try {
			this.lanes.takeOn(ready, this.clock.instant());
			admitted = this.lanes.takeAdmitted();
		}
		finally {
			this.lock.unlock();
		}
		admitted.forEach(Runnable::run);
	}

	/** False if it is stopped. */
	private boolean await(Duration queueWait) {
		this.lock.lock();
		try {
			Instant now = this.clock.instant();
			Duration wait = this.lanes.nextPauseEnd(now)
				.filter((pause) -> pause.compareTo(queueWait) < 0)
				.orElse(queueWait);
			if (!this.asked && !this.stopped) {
				this.wake.awaitNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), wait.toNanos()));
			}
			this.asked = false;
			return !this.stopped;
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Begins as many messages as may be under way; from any thread. */
	private void begin() {
		List<Lane> begun = new ArrayList<>();
		List<Runnable> admitted;
		this.lock.lock();
		try {
			Instant now = this.clock.instant();
			Optional<Duration> pauseEnd = this.lanes.nextPauseEnd(now);
			for (Lane lane = this.lanes.begin(now); lane != null; lane = this.lanes.begin(now)) {
				this.active++;
				begun.add(lane);
			}
			if (!this.lanes.nextPauseEnd(now).equals(pauseEnd)) {
				// The thread waits for another time.
				this.asked = true;
				this.wake.signal();
			}
			admitted = this.lanes.takeAdmitted();
		}
		finally {
			this.lock.unlock();
		}
		begun.forEach(this::execute);
		admitted.forEach(Runnable::run);
	}

	private void execute(Lane lane) {
		try {
			this.executor.execute(() -> deliver(lane));
		}
		catch (RuntimeException ex) {
			if (hinder(lane)) {
				logger.warn("The executor takes no deliveries at present: {}", ex.toString());
			}
			ended(lane);
		}
	}

	// ---- One message ----

	private void deliver(Lane lane) {
		int announcements = announcements(lane);
		Optional<Claim> claimed;
		try {
			claimed = this.queue.claim(lane.destination());
		}
		catch (IOException | RuntimeException ex) {
			if (hinder(lane)) {
				logger.error("Messages for {} cannot be read from the queue, which is tried again",
						Printable.of(lane.destination()), Printable.of(ex));
			}
			ended(lane);
			return;
		}
		if (claimed.isEmpty()) {
			exhausted(lane, announcements);
			return;
		}
		Claim claim = claimed.get();
		if (this.router.isChoosing()) {
			choose(lane, claim);
			return;
		}
		if (isHopeless(lane, claim)) {
			concluded(lane, claim, unreachable(claim.envelope().recipients()));
			return;
		}
		Attempt attempt = new Attempt(claim, claim.envelope(), this.client, this.executor);
		CompletableFuture<Route> route = CompletableFuture.completedFuture(lane.destination())
			.thenCompose(this.router::route);
		// What is not known yet may come on anybody's thread, that of a timer, too.
		(route.isDone() ? route.thenCompose(attempt::go) : route.thenComposeAsync(attempt::go, this.executor))
			.whenCompleteAsync((results, failure) -> attempted(lane, claim, attempt, results, failure), this.executor);
	}

	// ---- One message whose way is chosen anew ----

	private void choose(Lane lane, Claim claim) {
		CompletableFuture.completedFuture(claim).thenCompose(this.router::legs).whenCompleteAsync((legs, failure) -> {
			if (legs != null) {
				depart(lane, claim, legs);
			}
			else {
				failed(lane, claim, failure);
			}
		}, this.executor);
	}

	/** What goes elsewhere goes last: it may have to wait there. */
	private void depart(Lane lane, Claim claim, List<Leg> legs) {
		Map<Boolean, List<Leg>> away = legs.stream().collect(Collectors.partitioningBy((leg) -> isAway(lane, leg)));
		all(claim, away.get(false), (leg) -> stay(lane, claim, leg)).whenCompleteAsync((results, failure) -> {
			if (away.get(true).isEmpty()) {
				concluded(lane, claim, results);
			}
			else {
				leave(lane, claim, results, away.get(true));
			}
		}, this.executor);
	}

	private static boolean isAway(Lane lane, Leg leg) {
		return leg.destination() != null && !leg.destination().equals(lane.destination());
	}

	/** Does not fail: others may have been delivered to meanwhile. */
	private static CompletableFuture<List<AttemptResult>> all(Claim claim, List<Leg> legs,
			Function<Leg, CompletionStage<List<AttemptResult>>> way) {
		List<CompletableFuture<List<AttemptResult>>> all = legs.stream().map((leg) -> go(claim, leg, way)).toList();
		return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
			.thenApply((nothing) -> all.stream().map(CompletableFuture::join).flatMap(List::stream).toList());
	}

	private static CompletableFuture<List<AttemptResult>> go(Claim claim, Leg leg,
			Function<Leg, CompletionStage<List<AttemptResult>>> way) {
		return CompletableFuture.completedFuture(leg).thenCompose(way).exceptionally((failure) -> {
			logger.error("Message {} could not be sent for a reason of ours", claim.id(), Printable.of(failure));
			return deferred(leg.recipients(), OUR_FAULT);
		});
	}

	private CompletionStage<List<AttemptResult>> stay(Lane lane, Claim claim, Leg leg) {
		if (leg.destination() == null) {
			return attempt(claim, leg).go(leg.route());
		}
		return isHopeless(lane, claim) ? CompletableFuture.completedFuture(unreachable(leg.recipients()))
				: go(lane, attempt(claim, leg), leg.route());
	}

	/**
	 * Its place is given up first: two destinations whose messages wait for each other
	 * with their places kept would wait for ever.
	 */
	private void leave(Lane lane, Claim claim, List<AttemptResult> results, List<Leg> away) {
		vacate(lane);
		all(claim, away, (leg) -> visit(claim, leg)).whenCompleteAsync((visited, failure) -> {
			try {
				if (results.isEmpty() && isTurnedAway(visited, claim)) {
					turnedAway(lane, claim);
				}
				else {
					arrived(lane, claim, Stream.concat(results.stream(), visited.stream()).toList());
				}
			}
			finally {
				over();
			}
		}, this.executor);
		begin();
	}

	/** Whether nothing was tried for any recipient, and there is time to try it again. */
	private boolean isTurnedAway(List<AttemptResult> visited, Claim claim) {
		return visited.stream().allMatch((one) -> one.reply() == CROWDED)
				&& !this.options.retry().isOver(this.clock.instant(), claim.begun());
	}

	/** That was no attempt. */
	private void turnedAway(Lane lane, Claim claim) {
		Duration base = this.options.retry().base();
		this.queue.giveBack(claim, this.clock.instant().plus((base.compareTo(AFTER_CROWD) < 0) ? base : AFTER_CROWD));
		this.lock.lock();
		try {
			Instant now = this.clock.instant();
			lane.turnedAway(now);
			this.lanes.lineUp(lane, now);
			this.asked = true;
			this.wake.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Attempt attempt(Claim claim, Leg leg) {
		Envelope whole = claim.envelope();
		return new Attempt(claim, new Envelope(whole.from(), whole.parameters(), leg.recipients()), this.client,
				this.executor);
	}

	private CompletionStage<List<AttemptResult>> go(Lane lane, Attempt attempt, Route route) {
		return attempt.go(route).thenApply((results) -> {
			adapt(lane, attempt, results, this.clock.instant());
			return results;
		});
	}

	/** The limits of the destination hold for what comes from elsewhere, too. */
	private CompletionStage<List<AttemptResult>> visit(Claim claim, Leg leg) {
		String destination = Objects.requireNonNull(leg.destination());
		if (this.queue.suspended().contains(destination)) {
			return CompletableFuture.completedFuture(deferred(leg.recipients(), SUSPENDED));
		}
		Lane other;
		CompletableFuture<Boolean> admission;
		List<Runnable> admitted;
		this.lock.lock();
		try {
			other = this.lanes.lane(destination);
			if (other.isCrowded()) {
				return CompletableFuture.completedFuture(deferred(leg.recipients(), CROWDED));
			}
			admission = other.guest();
			Instant now = this.clock.instant();
			this.lanes.letIn(other, now);
			admitted = takeAdmitted(other, now);
		}
		finally {
			this.lock.unlock();
		}
		admitted.forEach(Runnable::run);
		// Not where it is let in: each could let in the next one, deeper and deeper.
		return admission.thenComposeAsync((let) -> let ? visited(other, claim, leg)
				: CompletableFuture.completedFuture(deferred(leg.recipients(), refusal())), this.executor);
	}

	private CompletionStage<List<AttemptResult>> visited(Lane other, Claim claim, Leg leg) {
		return CompletableFuture.completedFuture(leg)
			.thenCompose((one) -> go(other, attempt(claim, one), one.route()))
			.whenComplete((results, failure) -> {
				vacate(other);
				begin();
			});
	}

	private Reply refusal() {
		this.lock.lock();
		try {
			return this.stopped ? STOPPING : UNREACHABLE;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Gives up a place, to those who wait for it. */
	private void vacate(Lane lane) {
		List<Runnable> admitted;
		this.lock.lock();
		try {
			Instant now = this.clock.instant();
			this.lanes.ended(lane, now);
			admitted = takeAdmitted(lane, now);
		}
		finally {
			this.lock.unlock();
		}
		admitted.forEach(Runnable::run);
	}

	/** The lock is held; what comes back is to be done without it. */
	private List<Runnable> takeAdmitted(Lane lane, Instant now) {
		if (lane.isPaused(now)) {
			this.asked = true;
			this.wake.signal();
		}
		return this.lanes.takeAdmitted();
	}

	// ---- What has become of it ----

	private int announcements(Lane lane) {
		this.lock.lock();
		try {
			return lane.announcements();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether nobody is there, and has not been for so long that the sender is to hear of
	 * it: the message need not try it, too, since a whole queue of senders must not be
	 * told at the pace of probes.
	 */
	private boolean isHopeless(Lane lane, Claim claim) {
		Instant now = this.clock.instant();
		boolean tellSender = this.options.retry().isOver(now, claim.begun()) || this.settlement.isNoticeDue(claim, now);
		this.lock.lock();
		try {
			return lane.isUnreachable() && tellSender;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static List<AttemptResult> unreachable(List<Recipient> recipients) {
		return deferred(recipients, UNREACHABLE);
	}

	private static List<AttemptResult> deferred(List<Recipient> recipients, Reply reply) {
		return recipients.stream()
			.map((recipient) -> new AttemptResult(recipient, Outcome.Kind.DEFERRED, reply, null, false, false))
			.toList();
	}

	private void attempted(Lane lane, Claim claim, Attempt attempt, @Nullable List<AttemptResult> results,
			@Nullable Throwable failure) {
		if (results != null) {
			adapt(lane, attempt, results, this.clock.instant());
			concluded(lane, claim, results);
			return;
		}
		failed(lane, claim, failure);
	}

	private void failed(Lane lane, Claim claim, @Nullable Throwable failure) {
		logger.error("Message {} could not be sent for a reason of ours", claim.id(),
				(failure != null) ? Printable.of(failure) : null);
		hinder(lane);
		try {
			this.queue.giveBack(claim);
		}
		finally {
			ended(lane);
		}
	}

	private void concluded(Lane lane, Claim claim, List<AttemptResult> results) {
		try {
			arrived(lane, claim, results);
		}
		finally {
			ended(lane);
		}
	}

	private void arrived(Lane lane, Claim claim, List<AttemptResult> results) {
		this.lock.lock();
		try {
			lane.departed();
		}
		finally {
			this.lock.unlock();
		}
		settle(claim, results);
	}

	private void settle(Claim claim, List<AttemptResult> results) {
		try {
			Instant now = this.clock.instant();
			Instant retryAt = this.options.retry()
				.next(now, claim.attempts() + 1, claim.begun(), ThreadLocalRandom.current());
			this.settlement.settle(claim, results, now, retryAt);
		}
		catch (RuntimeException | Error ex) {
			logger.error("What became of message {} could not be settled: it stays under way until the queue is opened "
					+ "again", claim.id(), Printable.of(ex));
		}
	}

	/** Whether others under way have not told the same before. */
	private boolean hinder(Lane lane) {
		this.lock.lock();
		try {
			return lane.hindered(this.clock.instant());
		}
		finally {
			this.lock.unlock();
		}
	}

	private void adapt(Lane lane, Attempt attempt, List<AttemptResult> results, Instant now) {
		boolean troubled = results.stream().anyMatch((one) -> one.kind() == Outcome.Kind.DEFERRED);
		Instant until;
		this.lock.lock();
		try {
			boolean paused = switch (attempt.reach()) {
				case NOBODY -> lane.unreached(now);
				case TURNED_DOWN -> lane.turnedDown(now);
				case TALKED -> {
					lane.reached(troubled);
					yield false;
				}
			};
			until = paused ? lane.pausedUntil(now) : null;
		}
		finally {
			this.lock.unlock();
		}
		if (until != null) {
			this.settlement.paused(lane.destination(), until, results.get(results.size() - 1).reply());
		}
	}

	private void exhausted(Lane lane, int announcements) {
		this.lock.lock();
		try {
			lane.exhausted(announcements);
		}
		finally {
			this.lock.unlock();
		}
		// The queue may have had something in between, which it tells again.
		wake();
		ended(lane);
	}

	private void ended(Lane lane) {
		vacate(lane);
		over();
		begin();
	}

	/** A message is not under way any more. */
	private void over() {
		this.lock.lock();
		try {
			this.active--;
			if (this.stopped && this.active == 0) {
				this.idle.complete(null);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
