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
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of a relay. Whoever wants a message to be sent now means that the relay does
 * not wait either; and messages that come are told of.
 */
final class RelayQueue implements MessageQueue {

	private static final Logger logger = LoggerFactory.getLogger(RelayQueue.class);

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

	@Override
	public boolean release(QueueId id) {
		List<String> destinations = destinations(id);
		boolean there = this.queue.release(id);
		this.unpause.accept(destinations);
		return there;
	}

	@Override
	public boolean retryNow(QueueId id) {
		List<String> destinations = destinations(id);
		boolean there = this.queue.retryNow(id);
		this.unpause.accept(destinations);
		return there;
	}

	private List<String> destinations(QueueId id) {
		try {
			return this.queue.find(id)
				.map((message) -> message.waiting().stream().map(QueuedMessage.Waiting::destination).toList())
				.orElse(List.of());
		}
		catch (IOException ex) {
			logger.warn("Message {} cannot be read: what it waits for is left alone", id, ex);
			return List.of();
		}
	}

	@Override
	public void resume(String destination) {
		this.queue.resume(destination);
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
	public boolean hold(QueueId id) {
		return this.queue.hold(id);
	}

	@Override
	public boolean delete(QueueId id) {
		return this.queue.delete(id);
	}

	@Override
	public void suspend(String destination) {
		this.queue.suspend(destination);
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
