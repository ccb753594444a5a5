/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * A verb that the engine does not know and a handler does. It may come at any time.
 */
final class CustomVerb extends Verb<String> {

	CustomVerb(String name) {
		super(name);
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
