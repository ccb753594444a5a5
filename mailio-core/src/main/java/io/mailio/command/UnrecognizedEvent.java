/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/** A command that nobody knows. It counts as unrecognized unless a handler accepts it. */
final class UnrecognizedEvent extends Verb<String> {

	static final UnrecognizedEvent INSTANCE = new UnrecognizedEvent();

	private UnrecognizedEvent() {
		super("unrecognized");
	}

	@Override
	String check(Conversation conversation, String line) {
		return line;
	}

	@Override
	Reply reply(Conversation conversation, String line) {
		return Replies.UNRECOGNIZED;
	}

	@Override
	void refused(Conversation conversation, @Nullable String line, Reply reply) {
		conversation.session().countUnrecognized();
	}

}
