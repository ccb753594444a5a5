/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Reply;

/**
 * Something that happens to a session without a command, or instead of one: timeout,
 * unrecognized. Handlers are asked as for a command.
 *
 * @param name the name of the event
 * @param fixedReply the reply, if no handler gives another
 */
record EventVerb(String name, Reply fixedReply) implements Verb<String> {

	@Override
	public String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	public Reply reply(Conversation conversation, String argument) {
		return this.fixedReply;
	}

}
