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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.message.Content;
import io.mailio.message.ReceivedMessage;
import io.mailio.plugin.queue.QueueingDelivery;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueId;
import io.mailio.relay.DeliveryAction;
import io.mailio.relay.DeliveryStatusNotification;
import io.mailio.relay.DeliveryStatusNotifications;
import io.mailio.relay.OriginalMessage;
import io.mailio.relay.RecipientReport;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Returns a message to its sender, for the recipients that were refused while others have
 * got it. Used by one thread at a time.
 */
final class BounceDelivery extends QueueingDelivery {

	private final DeliveryStatusNotifications notifications;

	private final SmtpRelay relay;

	private final Envelope envelope;

	private final Map<Mailbox, Reply> refused;

	private final ReceivedMessage message;

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
	protected CompletionStage<@Nullable QueueId> enqueue() throws IOException {
		List<RecipientReport> reports = this.envelope.recipients()
			.stream()
			.filter((recipient) -> this.refused.containsKey(recipient.mailbox()))
			.map((recipient) -> RecipientReport.of(recipient, DeliveryAction.FAILED,
					this.refused.get(recipient.mailbox())))
			.toList();
		Optional<DeliveryStatusNotification> notification = this.notifications
			.of(new OriginalMessage(this.envelope, new Original(this.message), Instant.now()), reports);
		return notification.isPresent() ? send(notification.get()) : CompletableFuture.completedFuture(null);
	}

	private CompletionStage<@Nullable QueueId> send(DeliveryStatusNotification notification) {
		return this.relay.send(notification.envelope(), NewMessage.Source.of(notification.content()));
	}

	@Override
	protected void delete(QueueId id) {
		this.relay.queue().delete(id);
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
