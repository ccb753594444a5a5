/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;

/** A message was acknowledged: the client has its 250, every sink has kept it. */
public final class SmtpMessageReceivedEvent extends SmtpSessionEvent {

	private static final long serialVersionUID = 1L;

	private final transient Envelope envelope;

	private final long size;

	/**
	 * A message was acknowledged.
	 * @param session a snapshot
	 * @param envelope its envelope
	 * @param size its size in octets, trace header included
	 */
	public SmtpMessageReceivedEvent(SmtpSession session, Envelope envelope, long size) {
		super(session);
		this.envelope = envelope;
		this.size = size;
	}

	/** Sender and recipients. */
	public Envelope envelope() {
		return this.envelope;
	}

	/** The size in octets, trace header included. */
	public long size() {
		return this.size;
	}

}
