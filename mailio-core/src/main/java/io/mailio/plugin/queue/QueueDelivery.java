/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

import io.mailio.handler.LoggedValue;
import io.mailio.message.ReceivedMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.NewMessage.Addressee;
import io.mailio.queue.QueueFullException;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message of a client, on its way into the queue.
 */
final class QueueDelivery extends QueueingDelivery implements LoggedValue {

	private static final Logger logger = LoggerFactory.getLogger(QueueDelivery.class);

	private final MessageQueue queue;

	private final BiFunction<ReversePath, Mailbox, String> destinations;

	private final Meters meters;

	private final Envelope envelope;

	private final ReceivedMessage message;

	private List<Recipient> recipients;

	QueueDelivery(MessageQueue queue, BiFunction<ReversePath, Mailbox, String> destinations, Meters meters,
			Envelope envelope, List<Recipient> recipients, ReceivedMessage message) {
		this.queue = queue;
		this.meters = meters;
		this.destinations = destinations;
		this.envelope = envelope;
		this.recipients = recipients;
		this.message = message;
	}

	@Override
	public Collection<Mailbox> recipients() {
		return this.recipients.stream().map(Recipient::mailbox).toList();
	}

	/**
	 * What lies in a file is read, and where there is a lot to do, that takes its time.
	 */
	@Override
	public boolean isBlocking() {
		return !this.message.isInMemory() || !this.queue.takesAtOnce(this.message.size());
	}

	@Override
	public void exclude(Set<Mailbox> refused) {
		this.recipients = this.recipients.stream().filter((one) -> !refused.contains(one.mailbox())).toList();
	}

	@Override
	protected CompletionStage<@Nullable QueueId> enqueue() {
		if (this.recipients.isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		long begin = System.nanoTime();
		List<Addressee> addressees = this.recipients.stream().map(this::addressee).toList();
		CompletionStage<@Nullable QueueId> queued = this.queue.enqueue(new NewMessage(this.envelope.from(),
				this.envelope.parameters(), addressees, NewMessage.Source.of(this.message), null));
		return queued.whenComplete((id, failure) -> count(failure, begin));
	}

	private void count(@Nullable Throwable failure, long begin) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		boolean full = cause instanceof QueueFullException;
		this.meters.time(MeterName.QUEUE_ENQUEUE, System.nanoTime() - begin,
				(cause == null) ? "queued" : full ? "full" : "failed");
		if (full) {
			logger.warn("No room in the queue for a message of {} octets: {}", this.message.size(),
					Printable.of(cause.getMessage()));
		}
	}

	private Addressee addressee(Recipient recipient) {
		return new Addressee(recipient, this.destinations.apply(this.envelope.from(), recipient.mailbox()));
	}

	/** For how many recipients, and under which name it waits for them. */
	@Override
	public String logText() {
		QueueId queued = id();
		return this.recipients.size() + ((queued != null) ? "(" + queued + ")" : "");
	}

	@Override
	protected void delete(QueueId id) {
		this.queue.delete(id);
	}

}
