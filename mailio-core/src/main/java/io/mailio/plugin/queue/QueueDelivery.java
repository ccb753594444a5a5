/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
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
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Replies;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message that goes into the queue with its commit. From then on it may be on its
 * way, so it is committed after all others. Used by one thread at a time.
 */
final class QueueDelivery implements Delivery {

	private static final Logger logger = LoggerFactory.getLogger(QueueDelivery.class);

	private final MessageQueue queue;

	private final BiFunction<ReversePath, Mailbox, String> destinations;

	private final Meters meters;

	private final Envelope envelope;

	private final ReceivedMessage message;

	private List<Recipient> recipients;

	/** Written by the thread of the queue. */
	private volatile @Nullable QueueId id;

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
	public boolean isFinal() {
		return true;
	}

	@Override
	public void exclude(Set<Mailbox> refused) {
		this.recipients = this.recipients.stream().filter((one) -> !refused.contains(one.mailbox())).toList();
	}

	@Override
	public void commit() throws IOException {
		try {
			commitAsync().toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof SmtpReplyException refusal) {
				throw refusal;
			}
			throw new IOException(ex.getCause());
		}
	}

	@Override
	public CompletionStage<Void> commitAsync() {
		if (this.recipients.isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		long begin = System.nanoTime();
		List<Addressee> addressees = this.recipients.stream().map(this::addressee).toList();
		return this.queue
			.enqueue(new NewMessage(this.envelope.from(), this.envelope.parameters(), addressees,
					NewMessage.Source.of(this.message), null))
			.handle((id, failure) -> queued(id, failure, begin));
	}

	private Void queued(@Nullable QueueId id, @Nullable Throwable failure, long begin) {
		this.id = id;
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		this.meters.time(MeterName.QUEUE_ENQUEUE, System.nanoTime() - begin,
				(cause == null) ? "queued" : (cause instanceof QueueFullException) ? "full" : "failed");
		if (cause instanceof QueueFullException) {
			logger.warn("No room in the queue for a message of {} octets", this.message.size());
			throw new SmtpReplyException(Replies.INSUFFICIENT_STORAGE);
		}
		if (cause != null) {
			throw new CompletionException(new IOException("The message could not be queued", cause));
		}
		return null;
	}

	private Addressee addressee(Recipient recipient) {
		return new Addressee(recipient, this.destinations.apply(this.envelope.from(), recipient.mailbox()));
	}

	@Override
	public void rollback() {
		QueueId queued = this.id;
		if (queued != null) {
			this.id = null;
			this.queue.delete(queued);
		}
	}

}
