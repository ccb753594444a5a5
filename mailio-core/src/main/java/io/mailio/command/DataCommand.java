/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.session.SessionState;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * DATA (RFC 5321 section 4.1.1.4): what follows is content. What becomes of it is decided
 * by {@link QueueEvent}.
 */
final class DataCommand extends Verb<String> {

	DataCommand() {
		super("data");
	}

	@Override
	void permit(SessionState session) throws Refusal {
		switch (session.stage()) {
			case CONNECTED -> throw new Refusal(Replies.HELO_FIRST);
			case IDENTIFIED -> throw new Refusal(Replies.MAIL_FIRST);
			case SENDER -> throw new Refusal(Replies.RCPT_FIRST);
			case CHUNKS -> throw new Refusal(Replies.CHUNKS_FOLLOW);
			case RECIPIENTS, CLOSING -> {
			}
		}
		if (EightBitMimeExtension.isBinary(session.transaction())) {
			throw new Refusal(Replies.BINARY_NEEDS_BDAT);
		}
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		Verb.requireNone(argument);
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.START_MAIL_INPUT;
	}

	@Override
	void apply(Conversation conversation, String argument) {
		conversation.input().begin();
	}

}
