/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;

/**
 * Why there is no way, in the form of replies. They stand in reports to senders and in
 * logs.
 */
final class RoutingReplies {

	private RoutingReplies() {
	}

	static Reply noSuchDomain(String domain) {
		return reply(550, 1, 2, "The domain %s does not exist", domain);
	}

	/** RFC 7505 section 4.2. */
	static Reply nullMx(String domain) {
		return reply(556, 1, 10, "The domain %s takes no mail (null MX)", domain);
	}

	static Reply noAddress(String domain) {
		return reply(550, 4, 4, "No mail host of %s has an address", domain);
	}

	static Reply refusedAddresses(String destination) {
		return reply(550, 4, 4, "%s has only private or reserved addresses, where no mail is sent to", destination);
	}

	/** RFC 5321 section 5.1. */
	static Reply leadsBack(String destination) {
		return reply(550, 4, 6, "Mail for %s would come back to this server", destination);
	}

	static Reply lookupFailed(String destination, String reason) {
		return reply(451, 4, 3, "The mail hosts of %s could not be looked up: %s", destination, reason);
	}

	/** Never final: all mail would be returned for a slip in the configuration. */
	static Reply smartHostUnknown(String host) {
		return reply(451, 4, 4, "The host %s has no address", host);
	}

	/** The configuration has changed while mail was waiting. */
	static Reply smartHostNotConfigured(String host) {
		return reply(451, 4, 4, "The host %s that the mail waits for is not configured any more", host);
	}

	/** The same for mailboxes of this server. */
	static Reply noLocalDelivery() {
		return reply(451, 3, 5, "Nothing puts mail into mailboxes of this server");
	}

	/** A slip of whoever has chosen the mailbox. */
	static Reply noMailboxHere(Mailbox mailbox) {
		return reply(451, 3, 5, "The mailbox %s that was chosen is not served here", mailbox);
	}

	/** As final as what was chosen, so not at all. */
	static Reply refusedHost(String host) {
		return reply(451, 4, 4, "The host %s that was chosen has only private or reserved addresses", host);
	}

	static Reply smartHostLookupFailed(String host, String reason) {
		return reply(451, 4, 3, "The host %s could not be looked up: %s", host, reason);
	}

	static Reply smartHostLeadsBack(String host) {
		return reply(451, 4, 6, "The host %s that mail is to be sent to is this server", host);
	}

	private static Reply reply(int code, int subject, int detail, String text, Object... names) {
		return new Reply(code, new EnhancedStatusCode(subject, detail), Printable.of(text.formatted(names)));
	}

}
