/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Reply;

/**
 * Something that happens to a session without a command, or instead of one: timeout,
 * unrecognized. Handlers are asked as for a command.
 */
final class EventVerb extends Verb<String> {

	private final Reply fixedReply;

	/**
	 * An event.
	 * @param name its name
	 * @param fixedReply the reply, if no handler gives another
	 */
	EventVerb(String name, Reply fixedReply) {
		super(name);
		this.fixedReply = fixedReply;
	}

	@Override
	String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return this.fixedReply;
	}

}
