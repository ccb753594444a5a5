/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.message.ReceivedMessage;
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

	private final Envelope envelope;

	private final ReceivedMessage message;

	private List<Recipient> recipients;

	private @Nullable QueueId id;

	QueueDelivery(MessageQueue queue, BiFunction<ReversePath, Mailbox, String> destinations, Envelope envelope,
			List<Recipient> recipients, ReceivedMessage message) {
		this.queue = queue;
		this.destinations = destinations;
		this.envelope = envelope;
		this.recipients = recipients;
		this.message = message;
	}

	@Override
	public Collection<Mailbox> recipients() {
		return this.recipients.stream().map(Recipient::mailbox).toList();
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
		if (this.recipients.isEmpty()) {
			return;
		}
		List<Addressee> addressees = this.recipients.stream().map(this::addressee).toList();
		try {
			this.id = this.queue
				.enqueue(new NewMessage(this.envelope.from(), this.envelope.parameters(), addressees,
						NewMessage.Source.of(this.message), null))
				.toCompletableFuture()
				.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof QueueFullException) {
				logger.warn("No room in the queue for a message of {} octets", this.message.size());
				throw new SmtpReplyException(Replies.INSUFFICIENT_STORAGE);
			}
			throw new IOException("The message could not be queued", ex.getCause());
		}
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
