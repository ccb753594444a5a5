/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * A verb that the engine does not know and a handler does. It may come at any time.
 *
 * @param name the verb in lower case
 */
record CustomVerb(String name) implements Verb<String> {

	@Override
	public String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	public Reply reply(Conversation conversation, String argument) {
		return Replies.OK;
	}

}
