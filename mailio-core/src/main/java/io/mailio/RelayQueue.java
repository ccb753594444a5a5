/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.mailio.queue.Claim;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueCounts;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.relay.RelayListener;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of a relay. Whoever wants a message to be sent now means that the relay does
 * not wait either; messages that come are told of, and the log says what somebody has
 * done to those that wait.
 */
final class RelayQueue implements MessageQueue {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.delivery");

	/** How many suspended destinations are named. */
	private static final int NAMED = 10;

	private final MessageQueue queue;

	private final RelayListener listener;

	private final Executor executor;

	private final Consumer<Collection<String>> unpause;

	/**
	 * A queue.
	 * @param queue where the messages are
	 * @param listener hears of those that come
	 * @param executor where it hears, since it may block
	 * @param unpause ends the pauses of destinations that were not reached
	 */
	RelayQueue(MessageQueue queue, RelayListener listener, Executor executor, Consumer<Collection<String>> unpause) {
		this.queue = queue;
		this.listener = listener;
		this.executor = executor;
		this.unpause = unpause;
	}

	@Override
	public boolean takesAtOnce(long size) {
		return this.queue.takesAtOnce(size);
	}

	@Override
	public CompletionStage<QueueId> enqueue(NewMessage message) {
		CompletionStage<QueueId> kept = this.queue.enqueue(message);
		if (this.listener.hearsQueued()) {
			Envelope envelope = new Envelope(message.from(), message.parameters(),
					message.recipients().stream().map(NewMessage.Addressee::recipient).toList());
			kept.whenComplete((id, failure) -> {
				if (id != null) {
					tell(id, envelope);
				}
			});
		}
		return kept;
	}

	private void tell(QueueId id, Envelope envelope) {
		try {
			this.executor.execute(() -> this.listener.queued(id, envelope));
		}
		catch (RuntimeException ex) {
			logger.warn("Nobody is told that message {} was queued: {}", id, Printable.of(ex.toString()));
		}
	}

	/** What waits from before, if anything does. */
	void logWaiting() {
		try {
			long waiting = this.queue.counts().messages();
			Set<String> suspended = this.queue.suspended();
			if (waiting > 0 || !suspended.isEmpty()) {
				logger.info("Messages that wait in the queue: {}, suspended destinations: {}", waiting,
						named(suspended));
			}
		}
		catch (RuntimeException ex) {
			// No reason not to start: it may be able to later.
			logger.warn("The queue cannot say what waits: {}", Printable.of(ex.toString()));
		}
	}

	private static String named(Set<String> suspended) {
		if (suspended.isEmpty()) {
			return "none";
		}
		String some = suspended.stream().sorted().limit(NAMED).map(Printable::of).collect(Collectors.joining(", "));
		return (suspended.size() > NAMED) ? some + " and " + (suspended.size() - NAMED) + " more" : some;
	}

	@Override
	public boolean release(QueueId id) {
		List<String> destinations = destinations(id);
		boolean there = log(this.queue.release(id), "Message released: queue={}", id);
		this.unpause.accept(destinations);
		return there;
	}

	@Override
	public boolean retryNow(QueueId id) {
		List<String> destinations = destinations(id);
		boolean there = log(this.queue.retryNow(id), "Message to be tried again at once: queue={}", id);
		this.unpause.accept(destinations);
		return there;
	}

	@Override
	public boolean hold(QueueId id) {
		return log(this.queue.hold(id), "Message held: queue={}", id);
	}

	private static boolean log(boolean done, String what, QueueId id) {
		if (done) {
			logger.info(what, id);
		}
		return done;
	}

	private List<String> destinations(QueueId id) {
		return read(id).map((message) -> message.waiting().stream().map(QueuedMessage.Waiting::destination).toList())
			.orElse(List.of());
	}

	/** What cannot be read can be acted upon all the same. */
	private Optional<QueuedMessage> read(QueueId id) {
		try {
			return this.queue.find(id);
		}
		catch (IOException ex) {
			logger.warn("Message {} cannot be read: what it waits for is not known", id, ex);
			return Optional.empty();
		}
	}

	@Override
	public boolean delete(QueueId id) {
		Optional<QueuedMessage> message = read(id);
		boolean there = this.queue.delete(id);
		if (there) {
			logger.info("Message deleted: queue={}{}", id, message.map(RelayQueue::facts).orElse(""));
		}
		return there;
	}

	private static String facts(QueuedMessage message) {
		List<Mailbox> recipients = message.waiting().stream().flatMap((one) -> one.recipients().stream()).toList();
		String first = recipients.isEmpty() ? "" : " to=<" + Printable.of(recipients.get(0)) + ">";
		return " from=<" + Printable.of(message.from()) + ">" + first + " recipients=" + recipients.size();
	}

	@Override
	public void suspend(String destination) {
		this.queue.suspend(destination);
		logger.info("Destination suspended: destination={}", Printable.of(destination));
	}

	@Override
	public void resume(String destination) {
		this.queue.resume(destination);
		logger.info("Destination resumed: destination={}", Printable.of(destination));
		this.unpause.accept(List.of(destination));
	}

	@Override
	public List<String> ready() {
		return this.queue.ready();
	}

	@Override
	public Optional<Duration> nextReady() {
		return this.queue.nextReady();
	}

	@Override
	public void onReady(Runnable listener) {
		this.queue.onReady(listener);
	}

	@Override
	public Optional<Claim> claim(String destination) throws IOException {
		return this.queue.claim(destination);
	}

	@Override
	public CompletionStage<Void> settle(Claim claim, List<Outcome> outcomes, @Nullable Instant retryAt) {
		return this.queue.settle(claim, outcomes, retryAt);
	}

	@Override
	public void giveBack(Claim claim) {
		this.queue.giveBack(claim);
	}

	@Override
	public void giveBack(Claim claim, Instant notBefore) {
		this.queue.giveBack(claim, notBefore);
	}

	@Override
	public Set<String> suspended() {
		return this.queue.suspended();
	}

	@Override
	public QueueCounts counts() {
		return this.queue.counts();
	}

	@Override
	public List<QueuedMessage> list(QueueFilter filter) throws IOException {
		return this.queue.list(filter);
	}

	@Override
	public Optional<QueuedMessage> find(QueueId id) throws IOException {
		return this.queue.find(id);
	}

	@Override
	public void close() {
		this.queue.close();
	}

}
