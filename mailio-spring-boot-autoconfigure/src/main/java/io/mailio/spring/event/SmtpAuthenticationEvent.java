/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import io.mailio.handler.SmtpSession;

/** A client has tried to authenticate (RFC 4954). The password is not told. */
public final class SmtpAuthenticationEvent extends SmtpSessionEvent {

	private static final long serialVersionUID = 1L;

	private final String username;

	private final boolean successful;

	/**
	 * A client has tried to authenticate.
	 * @param session a snapshot
	 * @param username the name it gave
	 * @param successful whether it was let in
	 */
	public SmtpAuthenticationEvent(SmtpSession session, String username, boolean successful) {
		super(session);
		this.username = username;
		this.successful = successful;
	}

	/** The name that the client gave; it is the client's text, escape it in logs. */
	public String username() {
		return this.username;
	}

	/** Whether it was let in. */
	public boolean successful() {
		return this.successful;
	}

}
