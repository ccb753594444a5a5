/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.session.Ending;
import io.mailio.session.SessionState;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * BDAT (RFC 3030 section 2): octets of content follow, as many as it says. They are read
 * whatever is answered, and the answer comes behind them; {@link MailInput} sees to that.
 * The handlers of {@code data} are asked at the first chunk of a message.
 */
final class BdatCommand extends Verb<Chunk> {

	BdatCommand() {
		super("bdat");
	}

	/** Without a size all that follows could be anything, so nothing more is read. */
	@Override
	void walk(Conversation conversation, String argument) {
		try {
			conversation.input().chunk(check(conversation, argument));
		}
		catch (Refusal ex) {
			conversation.closeAfterReply(Ending.REFUSED);
			conversation.refuseChunk(ex.reply());
		}
	}

	@Override
	Chunk check(Conversation conversation, String argument) throws Refusal {
		return Chunk.parse(argument);
	}

	@Override
	void permit(SessionState session) throws Refusal {
		switch (session.stage()) {
			case CONNECTED -> throw new Refusal(Replies.HELO_FIRST);
			case IDENTIFIED -> throw new Refusal(Replies.MAIL_FIRST);
			case SENDER -> throw new Refusal(Replies.RCPT_FIRST);
			case RECIPIENTS, CHUNKS, CLOSING -> {
			}
		}
	}

	@Override
	Reply reply(Conversation conversation, Chunk chunk) {
		return Replies.chunkReceived(chunk.size());
	}

}
