/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;

/** A message was refused after its content had been sent. */
public final class SmtpMessageRejectedEvent extends SmtpSessionEvent {

	private static final long serialVersionUID = 1L;

	private final transient Envelope envelope;

	private final transient Reply reply;

	/**
	 * A message was refused.
	 * @param session a snapshot
	 * @param envelope its envelope
	 * @param reply the refusal
	 */
	public SmtpMessageRejectedEvent(SmtpSession session, Envelope envelope, Reply reply) {
		super(session);
		this.envelope = envelope;
		this.reply = reply;
	}

	/** Sender and recipients. */
	public Envelope envelope() {
		return this.envelope;
	}

	/** What the client was told. */
	public Reply reply() {
		return this.reply;
	}

}
