/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Duration;

import io.mailio.handler.SmtpSession;

/** A connection is closed, by whichever side. The last event of its session. */
public final class SmtpSessionEndedEvent extends SmtpSessionEvent {

	private static final long serialVersionUID = 1L;

	private final Duration duration;

	/**
	 * A connection is closed.
	 * @param session a snapshot
	 * @param duration how long it was open
	 */
	public SmtpSessionEndedEvent(SmtpSession session, Duration duration) {
		super(session);
		this.duration = duration;
	}

	/** How long the connection was open. */
	public Duration duration() {
		return this.duration;
	}

}
