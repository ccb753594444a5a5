/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.session.Ending;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/** QUIT (RFC 5321 section 4.1.1.10): the reply is the last. */
final class QuitCommand extends Verb<String> {

	QuitCommand() {
		super("quit");
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		Verb.requireNone(argument);
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.BYE;
	}

	@Override
	void apply(Conversation conversation, String argument) {
		conversation.input().reset();
		conversation.closeAfterReply(Ending.QUIT);
	}

}
