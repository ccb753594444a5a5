/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/** NOOP (RFC 5321 section 4.1.1.9): nothing, with or without an argument. */
final class NoopCommand extends Verb<String> {

	NoopCommand() {
		super("noop");
	}

	@Override
	String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.OK;
	}

}
