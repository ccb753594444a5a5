/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.smtp.Envelope;

/** Another server, or a mailbox of this one, has taken a message. */
public final class MailDeliveredEvent extends MailDeliveryEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * A message was taken.
	 * @param id the name of the message in the queue
	 * @param envelope its envelope
	 * @param results what the attempt has come to for these recipients
	 */
	public MailDeliveredEvent(QueueId id, Envelope envelope, List<AttemptResult> results) {
		super(id, envelope, results);
	}

}
