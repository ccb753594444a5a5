/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import io.mailio.handler.SmtpSession;

/**
 * A client has connected. It is greeted when all listeners have returned, so handlers
 * that a listener adds with
 * {@link SmtpSession#on(String, io.mailio.handler.CommandHandler) session().on(…)} take
 * part from the first event on.
 */
public final class SmtpSessionStartedEvent extends SmtpSessionEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * A session has begun.
	 * @param session the live session
	 */
	public SmtpSessionStartedEvent(SmtpSession session) {
		super(session);
	}

}
