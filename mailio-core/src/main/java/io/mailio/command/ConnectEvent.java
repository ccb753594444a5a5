/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.session.EarlyTalkers;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * A client has connected (RFC 5321 section 3.1): the greeting, unless the client speaks
 * first and must not.
 */
final class ConnectEvent extends Verb<String> {

	private final Reply greeting;

	private final EarlyTalkers earlyTalkers;

	/**
	 * The event of one listener.
	 * @param greeting the greeting, if no handler gives another
	 * @param earlyTalkers what becomes of clients that speak first
	 */
	ConnectEvent(Reply greeting, EarlyTalkers earlyTalkers) {
		super("connect");
		this.greeting = greeting;
		this.earlyTalkers = earlyTalkers;
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		if (this.earlyTalkers == EarlyTalkers.REJECT && conversation.wire().hasInput()) {
			throw new Refusal(Replies.EARLY_TALKER);
		}
		return argument;
	}

	/** Handlers may have taken their time: the client could have spoken meanwhile. */
	@Override
	Reply reply(Conversation conversation, String argument) {
		try {
			check(conversation, argument);
			return this.greeting;
		}
		catch (Refusal ex) {
			return ex.reply();
		}
	}

	@Override
	Reply merge(Reply own, Reply given) {
		return own.isNegative() ? own : given;
	}

}
