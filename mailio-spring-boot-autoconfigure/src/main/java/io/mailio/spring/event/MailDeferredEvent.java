/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Instant;
import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.smtp.Envelope;

/** A message could not be delivered now and waits for another attempt. */
public final class MailDeferredEvent extends MailDeliveryEvent {

	private static final long serialVersionUID = 1L;

	private final Instant retryAt;

	/**
	 * A message waits.
	 * @param id the name of the message in the queue
	 * @param envelope its envelope
	 * @param results what the attempt has come to for these recipients
	 * @param retryAt when the next attempt is made at the earliest
	 */
	public MailDeferredEvent(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
		super(id, envelope, results);
		this.retryAt = retryAt;
	}

	/** When the next attempt is made at the earliest. */
	public Instant retryAt() {
		return this.retryAt;
	}

}
