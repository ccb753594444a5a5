/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * STARTTLS (RFC 3207): the connection is encrypted after the reply, and the session
 * begins anew.
 */
final class StartTlsCommand extends Verb<String> {

	StartTlsCommand() {
		super("starttls");
	}

	@Override
	boolean isOffered(Conversation conversation) {
		return conversation.service().offersStartTls() && !conversation.view().secure();
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		Verb.requireNone(argument);
		if (!conversation.service().offersStartTls()) {
			throw new Refusal(Replies.NOT_IMPLEMENTED);
		}
		if (conversation.view().secure()) {
			throw new Refusal(Replies.TLS_ALREADY);
		}
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.READY_FOR_TLS;
	}

	@Override
	void apply(Conversation conversation, String argument) {
		conversation.startTlsAfterReply();
	}

}
