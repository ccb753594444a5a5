/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.smtp.Envelope;

/** A message will not be delivered; its sender has been told, if that was wanted. */
public final class MailBouncedEvent extends MailDeliveryEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * A message was given up.
	 * @param id the name of the message in the queue
	 * @param envelope its envelope
	 * @param results what the attempt has come to for these recipients
	 */
	public MailBouncedEvent(QueueId id, Envelope envelope, List<AttemptResult> results) {
		super(id, envelope, results);
	}

}
