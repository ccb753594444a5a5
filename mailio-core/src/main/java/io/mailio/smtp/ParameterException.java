/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * The parameters of a MAIL or RCPT command are malformed, or one stands there twice. The
 * message never repeats what the client sent.
 */
public final class ParameterException extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient Reply reply;

	ParameterException(Reply reply) {
		super(reply.toString(), null, false, false);
		this.reply = reply;
	}

	/** What to answer: 501 to a malformed parameter, 555 to one given twice. */
	public Reply reply() {
		return this.reply;
	}

}
