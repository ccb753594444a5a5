/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import io.mailio.smtp.Reply;

/**
 * A shortcut for reject: thrown by a handler, or signalled by its {@code Mono}, the reply
 * goes to the client.
 */
public class SmtpReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Reply reply;

	/**
	 * Rejects with a reply.
	 * @param reply a 4xx or 5xx reply
	 */
	public SmtpReplyException(Reply reply) {
		super(reply.toString());
		Decision.reject(reply);
		this.reply = reply;
	}

	/** The reply. */
	public Reply reply() {
		return this.reply;
	}

}
