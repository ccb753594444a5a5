/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.mailio.handler.SmtpSession;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Mailbox;

/**
 * Users send from the addresses and domains in {@code mailio.auth.users.<name>.senders};
 * those without any, from their own.
 *
 * @param senders by user, folded; domains begin with @
 */
record UserSenders(Map<String, List<String>> senders) implements SenderPolicy {

	static UserSenders of(Map<String, AuthProperties.User> users) {
		Map<String, List<String>> senders = new HashMap<>();
		users.forEach((name, user) -> {
			if (!user.getSenders().isEmpty()) {
				senders.put(name, user.getSenders().stream().map(UserSenders::folded).toList());
			}
		});
		return new UserSenders(Map.copyOf(senders));
	}

	private static String folded(String sender) {
		return sender.startsWith("@") ? "@" + DomainNames.toAscii(sender.substring(1)) : Mailbox.of(sender).folded();
	}

	@Override
	public boolean permits(SmtpSession session, Mailbox sender) {
		List<String> own = this.senders.get(session.user().username());
		if (own == null) {
			return OWN_ADDRESS.permits(session, sender);
		}
		return own.contains(sender.folded()) || own.contains("@" + sender.asciiDomain());
	}

}
