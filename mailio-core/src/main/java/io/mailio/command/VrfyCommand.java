/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/** VRFY (RFC 5321 sections 3.5.3 and 4.1.1.6): whoever it is, we do not tell. */
final class VrfyCommand extends Verb<String> {

	VrfyCommand() {
		super("vrfy");
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		if (argument.isBlank()) {
			throw new Refusal(Replies.VRFY_SYNTAX);
		}
		if (!DomainNames.isAscii(argument) && !SmtpUtf8Extension.isDeclared(argument)) {
			throw new Refusal(Replies.NEEDS_SMTPUTF8);
		}
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return Replies.CANNOT_VERIFY;
	}

}
