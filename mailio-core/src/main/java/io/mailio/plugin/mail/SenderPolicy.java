/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.mail;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Mailbox;

/**
 * Which addresses a user may send from. Asked for each message that is submitted, from
 * any thread; it must not block.
 */
@FunctionalInterface
public interface SenderPolicy {

	/**
	 * A user may send from the address that is his name; a name without a domain is one
	 * of each served domain. Case does not matter, nor how the local part is quoted, nor
	 * how an internationalised address is written.
	 */
	SenderPolicy OWN_ADDRESS = (session, sender) -> {
		String name = session.user().username();
		if (name.indexOf('@') >= 0) {
			return isSame(name, sender);
		}
		return session.server().serves(sender.domain()) && isSame(name + "@" + sender.domain(), sender);
	};

	/**
	 * Decides about a message.
	 * @param session a session whose client has logged in
	 * @param sender the address in MAIL; the null sender is not asked about
	 * @return whether the user may send from it
	 */
	boolean permits(SmtpSession session, Mailbox sender);

	private static boolean isSame(String address, Mailbox sender) {
		try {
			return Mailbox.of(address).folded().equals(sender.folded());
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
