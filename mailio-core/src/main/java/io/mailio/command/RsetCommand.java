/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/** RSET (RFC 5321 section 4.1.1.5): the transaction is over. */
final class RsetCommand extends Verb<String> {

	RsetCommand() {
		super("rset");
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		Verb.requireNone(argument);
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.OK;
	}

	@Override
	void apply(Conversation conversation, String argument) {
		conversation.input().reset();
		conversation.session().reset();
	}

}
