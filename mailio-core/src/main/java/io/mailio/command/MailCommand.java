/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.List;

import io.mailio.handler.Subject;
import io.mailio.session.SessionState;
import io.mailio.session.Stage;
import io.mailio.session.Transaction;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.AddressSyntaxException;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.ParameterException;
import io.mailio.smtp.PathArgument;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/** MAIL (RFC 5321 section 4.1.1.2): begins a transaction with its sender. */
final class MailCommand extends Verb<PathArgument> {

	MailCommand() {
		super("mail");
	}

	@Override
	void permit(SessionState session) throws Refusal {
		if (session.stage() == Stage.CONNECTED) {
			throw new Refusal(Replies.HELO_FIRST);
		}
		if (session.stage() != Stage.IDENTIFIED) {
			throw new Refusal(Replies.NESTED_MAIL);
		}
	}

	@Override
	PathArgument check(Conversation conversation, String argument) throws Refusal {
		try {
			PathArgument sender = AddressParser.pathArgument("FROM", argument, "");
			boolean utf8 = SmtpUtf8Extension.isDeclared(sender.parameters());
			if (!utf8 && !sender.isAscii()) {
				throw new Refusal(Replies.NEEDS_SMTPUTF8);
			}
			conversation.service().extensions().checkMail(sender.parameters(), utf8, conversation.view());
			return sender;
		}
		catch (AddressSyntaxException ex) {
			throw new Refusal(Replies.badSender(ex.getMessage()));
		}
		catch (ParameterException ex) {
			throw new Refusal(ex.reply());
		}
	}

	@Override
	Subject subject(PathArgument sender) {
		return Subject.sender(sender.path(), sender.parameters());
	}

	@Override
	Reply reply(Conversation conversation, PathArgument sender) {
		return Replies.SENDER_OK;
	}

	@Override
	void apply(Conversation conversation, PathArgument sender) {
		conversation.session().begin(new Transaction(new Envelope(sender.path(), sender.parameters(), List.of())));
	}

}
