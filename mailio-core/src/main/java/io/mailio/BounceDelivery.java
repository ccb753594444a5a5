/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.message.Content;
import io.mailio.message.ReceivedMessage;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueFullException;
import io.mailio.queue.QueueId;
import io.mailio.relay.DeliveryAction;
import io.mailio.relay.DeliveryStatusNotification;
import io.mailio.relay.DeliveryStatusNotifications;
import io.mailio.relay.OriginalMessage;
import io.mailio.relay.RecipientReport;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Returns a message to its sender, for the recipients that were refused while others have
 * got it. Used by one thread at a time.
 */
final class BounceDelivery implements Delivery {

	private final DeliveryStatusNotifications notifications;

	private final SmtpRelay relay;

	private final Envelope envelope;

	private final Map<Mailbox, Reply> refused;

	private final ReceivedMessage message;

	/** Written by the thread of the queue. */
	private volatile @Nullable QueueId id;

	BounceDelivery(DeliveryStatusNotifications notifications, SmtpRelay relay, Envelope envelope,
			Map<Mailbox, Reply> refused, ReceivedMessage message) {
		this.notifications = notifications;
		this.relay = relay;
		this.envelope = envelope;
		this.refused = refused;
		this.message = message;
	}

	@Override
	public Collection<Mailbox> recipients() {
		return List.of();
	}

	@Override
	public boolean isFinal() {
		return true;
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
		List<RecipientReport> reports = this.envelope.recipients()
			.stream()
			.filter((recipient) -> this.refused.containsKey(recipient.mailbox()))
			.map((recipient) -> RecipientReport.of(recipient, DeliveryAction.FAILED,
					this.refused.get(recipient.mailbox())))
			.toList();
		try {
			return this.notifications
				.of(new OriginalMessage(this.envelope, new Original(this.message), Instant.now()), reports)
				.map(this::send)
				.orElseGet(() -> CompletableFuture.completedFuture(null));
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletionStage<Void> send(DeliveryStatusNotification notification) {
		return this.relay.send(notification.envelope(), NewMessage.Source.of(notification.content()))
			.handle(this::queued);
	}

	private Void queued(@Nullable QueueId id, @Nullable Throwable failure) {
		this.id = id;
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		if (cause instanceof QueueFullException) {
			throw new SmtpReplyException(Replies.INSUFFICIENT_STORAGE);
		}
		if (cause != null) {
			throw new CompletionException(new IOException("The notification could not be queued", cause));
		}
		return null;
	}

	@Override
	public void rollback() {
		QueueId queued = this.id;
		if (queued != null) {
			this.id = null;
			this.relay.queue().delete(queued);
		}
	}

	/** The message as it was received, which somebody else releases. */
	private record Original(ReceivedMessage message) implements Content {

		@Override
		public long size() {
			return this.message.size();
		}

		@Override
		public InputStream openStream() throws IOException {
			return this.message.openStream();
		}

		@Override
		public void release() {
		}

	}

}
