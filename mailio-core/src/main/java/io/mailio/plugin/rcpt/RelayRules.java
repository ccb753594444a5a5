/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import io.mailio.handler.SmtpRequest;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Who may send mail where. Mail from a served domain is sent by those who are logged in,
 * and only they send mail to others; so nobody sends in our name, nor through us.
 *
 * @param relaying whether mail for domains that are not served here is taken at all
 * @param allowUnauthenticated whether clients need not log in for either
 * @param openRelay whether mail to others may come from senders of any domain. Together
 * with {@code allowUnauthenticated} that is an open relay
 */
public record RelayRules(boolean relaying, boolean allowUnauthenticated, boolean openRelay) {

	/** Mail for served domains is taken from everybody, other mail from nobody. */
	public static final RelayRules RECEIVE_ONLY = new RelayRules(false, true, false);

	/** Who is logged in sends from served domains to everywhere. */
	public static final RelayRules DEFAULTS = new RelayRules(true, false, false);

	private static final Reply DENIED = denied("Relaying denied");

	private static final Reply LOGIN_TO_RELAY = denied("Relaying denied: authentication required");

	private static final Reply LOGIN_TO_SEND = denied("Authentication required to send from this domain");

	private static final Reply FOREIGN_SENDER = denied("Relaying denied: the sender's domain is not served here");

	/** Says nothing of the client's, which could be anything. */
	private static Reply denied(String text) {
		return new Reply(550, new EnhancedStatusCode(7, 1), text);
	}

	/**
	 * Whether everybody can send mail to everywhere: by a sender that anyone can name.
	 */
	public boolean isOpen() {
		return this.relaying && this.allowUnauthenticated;
	}

	/**
	 * Whether a recipient may be sent to.
	 * @param req the request, of a transaction
	 * @param recipient the recipient
	 * @return why not, {@code null} if it may
	 */
	public @Nullable Reply refusal(SmtpRequest req, Mailbox recipient) {
		boolean trusted = this.allowUnauthenticated || req.session().authenticated();
		boolean ourSender = req.from().mailbox().map((sender) -> serves(req, sender)).orElse(false);
		if (serves(req, recipient)) {
			return (ourSender && !trusted) ? LOGIN_TO_SEND : null;
		}
		if (!this.relaying) {
			return DENIED;
		}
		if (!trusted) {
			return LOGIN_TO_RELAY;
		}
		return (ourSender || this.openRelay || isNotification(req)) ? null : FOREIGN_SENDER;
	}

	/** Where nobody can log in, nobody is told to. */
	static Reply withoutLogin(Reply refusal) {
		return refusal.equals(LOGIN_TO_RELAY) ? DENIED : refusal;
	}

	/** Who is logged in confirms from the null sender that mail was read (RFC 8098). */
	private static boolean isNotification(SmtpRequest req) {
		return req.from().mailbox().isEmpty() && req.session().authenticated();
	}

	private static boolean serves(SmtpRequest req, Mailbox mailbox) {
		return req.session().server().serves(mailbox.domain());
	}

}
