/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.mail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import org.jspecify.annotations.Nullable;

/** Reads from the header of a message who sends it and who is to get it. */
final class MessageEnvelope {

	private MessageEnvelope() {
	}

	/**
	 * From the sender, or else the first author, to all recipients.
	 * @throws MessagingException if there are none, or no such addresses
	 */
	static Envelope of(MimeMessage message) throws MessagingException {
		Mailbox sender = sender(message);
		List<Mailbox> recipients = new ArrayList<>();
		for (Address recipient : orNone(message.getAllRecipients())) {
			for (InternetAddress member : members(recipient)) {
				recipients.add(mailbox(member));
			}
		}
		if (recipients.isEmpty()) {
			throw new MessagingException("The message has no recipients: set To, Cc or Bcc");
		}
		boolean ascii = sender.isAscii() && recipients.stream().allMatch(Mailbox::isAscii);
		return new Envelope(ReversePath.of(sender), ascii ? Parameters.NONE : Parameters.of("SMTPUTF8"),
				recipients.stream().map((recipient) -> new Recipient(recipient, Parameters.NONE)).toList());
	}

	private static Mailbox sender(MimeMessage message) throws MessagingException {
		List<Address> candidates = new ArrayList<>();
		if (message.getSender() != null) {
			candidates.add(message.getSender());
		}
		candidates.addAll(Arrays.asList(orNone(message.getFrom())));
		if (candidates.isEmpty()) {
			throw new MessagingException("The message has no sender: set From or Sender");
		}
		return mailbox(internet(candidates.get(0)));
	}

	private static Address[] orNone(Address @Nullable [] addresses) {
		return (addresses != null) ? addresses : new Address[0];
	}

	private static InternetAddress[] members(Address recipient) throws MessagingException {
		InternetAddress address = internet(recipient);
		InternetAddress[] members = address.getGroup(false);
		return (members != null) ? members : new InternetAddress[] { address };
	}

	private static InternetAddress internet(Address address) throws MessagingException {
		if (address instanceof InternetAddress internet) {
			return internet;
		}
		throw new AddressException("Mail goes to addresses of the internet only, not to those of " + address.getType());
	}

	/** Jakarta Mail takes any word for an address; and what it is stands in logs. */
	private static Mailbox mailbox(InternetAddress address) throws AddressException {
		String text = String.valueOf(address.getAddress());
		try {
			Mailbox mailbox = Mailbox.of(text);
			if (mailbox.domain().isEmpty()) {
				throw new IllegalArgumentException("Not a mail address: the domain is missing");
			}
			return mailbox;
		}
		catch (IllegalArgumentException ex) {
			throw new AddressException("'" + Printable.of(text) + "' cannot be used: " + Printable.of(ex.getMessage()));
		}
	}

}
