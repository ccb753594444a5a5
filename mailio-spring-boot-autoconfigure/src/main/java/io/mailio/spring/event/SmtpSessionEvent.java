/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import io.mailio.handler.SmtpSession;

import org.springframework.context.ApplicationEvent;

/**
 * Something happened in an SMTP session. Published on the handler executor, so that
 * listeners may block; the events of one session come one after another, in order. An
 * exception of a listener is logged and changes nothing in the session.
 */
public abstract class SmtpSessionEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * An event of a session.
	 * @param session the session, the source of the event
	 */
	protected SmtpSessionEvent(SmtpSession session) {
		super(session);
	}

	/**
	 * The session as it was when the event happened: an immutable snapshot, except in
	 * {@link SmtpSessionStartedEvent}.
	 */
	public SmtpSession session() {
		return (SmtpSession) getSource();
	}

}
