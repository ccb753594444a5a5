/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.handler.Subject;
import io.mailio.session.Protocol;
import io.mailio.session.SessionState;
import io.mailio.session.Stage;
import io.mailio.session.Transaction;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.AddressSyntaxException;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ParameterException;
import io.mailio.smtp.PathArgument;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * RCPT (RFC 5321 section 4.1.1.3): adds a recipient. One that is already there is
 * accepted again and kept once, though LMTP gives it another reply.
 */
final class RcptCommand extends Verb<Recipient> {

	RcptCommand() {
		super("rcpt");
	}

	@Override
	void permit(SessionState session) throws Refusal {
		if (session.transaction() == null) {
			throw new Refusal((session.stage() == Stage.CONNECTED) ? Replies.HELO_FIRST : Replies.MAIL_FIRST);
		}
		if (session.stage() == Stage.CHUNKS) {
			throw new Refusal(Replies.CHUNKS_FOLLOW);
		}
	}

	@Override
	Recipient check(Conversation conversation, String argument) throws Refusal {
		Recipient recipient = parse(conversation, argument);
		Transaction transaction = conversation.transaction();
		boolean full = count(transaction) >= conversation.service().limits().maxRecipients();
		if (full && next(conversation, recipient) != transaction) {
			throw new Refusal(Replies.TOO_MANY_RECIPIENTS);
		}
		return recipient;
	}

	private Recipient parse(Conversation conversation, String argument) throws Refusal {
		try {
			PathArgument path = AddressParser.pathArgument("TO", argument, conversation.service().postmasterDomain());
			Mailbox mailbox = path.path()
				.mailbox()
				.orElseThrow(() -> new AddressSyntaxException("a recipient cannot be the null path"));
			boolean utf8 = SmtpUtf8Extension.isDeclared(conversation.transaction().envelope().parameters());
			if (!utf8 && !mailbox.isAscii()) {
				throw new Refusal(Replies.NEEDS_SMTPUTF8);
			}
			conversation.service().extensions().checkRcpt(path.parameters(), utf8, conversation.view());
			return new Recipient(mailbox, path.parameters());
		}
		catch (AddressSyntaxException ex) {
			throw new Refusal(Replies.badRecipient(ex.getMessage()));
		}
		catch (ParameterException ex) {
			throw new Refusal(ex.reply());
		}
	}

	@Override
	Subject subject(Recipient recipient) {
		return Subject.recipient(recipient.mailbox(), recipient.parameters());
	}

	@Override
	Reply reply(Conversation conversation, Recipient recipient) {
		return Replies.RECIPIENT_OK;
	}

	@Override
	void apply(Conversation conversation, Recipient recipient) {
		conversation.session().recipients(next(conversation, recipient));
	}

	private static Transaction next(Conversation conversation, Recipient recipient) {
		Transaction transaction = conversation.transaction();
		return (conversation.service().rules().protocol() == Protocol.LMTP) ? transaction.awaiting(recipient)
				: transaction.with(recipient);
	}

	private static int count(Transaction transaction) {
		return Math.max(transaction.envelope().recipients().size(), transaction.awaiting().size());
	}

}
