/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Reply;

/**
 * A check has failed: the command is answered with a negative reply and has no effect.
 */
public final class Refusal extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient Reply reply;

	public Refusal(Reply reply) {
		super(null, null, false, false);
		this.reply = reply;
	}

	/** What to answer. */
	public Reply reply() {
		return this.reply;
	}

}
