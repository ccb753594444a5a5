/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Reply;

/**
 * HELO (RFC 5321 section 4.1.1.1): EHLO of old, without extensions.
 */
final class HeloCommand extends Verb<String> {

	HeloCommand() {
		super("helo");
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		return EhloCommand.client(argument);
	}

	@Override
	Reply reply(Conversation conversation, String client) {
		return new Reply(250, conversation.session().server().hostname());
	}

	@Override
	void apply(Conversation conversation, String client) {
		conversation.input().reset();
		conversation.session().identified(client, false);
	}

}
