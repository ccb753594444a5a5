/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;

/**
 * A message stands durably in the queue: received from a client, sent by the application,
 * or a notification. There are no {@link #results()} yet. Since it may be on its way at
 * once, events of its delivery may come before this one.
 */
public final class MailQueuedEvent extends MailDeliveryEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * A message was queued.
	 * @param id the name of the message in the queue
	 * @param envelope its envelope, with all recipients
	 */
	public MailQueuedEvent(QueueId id, Envelope envelope) {
		super(id, envelope, List.of());
	}

}
