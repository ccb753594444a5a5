/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.Reply;

/** Where the mail of a recipient is to go this time, by a {@link RouteChooser}. */
public sealed interface RouteChoice {

	/** Where it waits. */
	enum Unchanged implements RouteChoice {

		/** The only one. */
		UNCHANGED

	}

	/**
	 * To a host.
	 *
	 * @param host the host
	 * @param configured whether it is one of the configuration, which may be private
	 */
	record Host(SmartHost host, boolean configured) implements RouteChoice {
	}

	/**
	 * To the mail exchangers of a domain.
	 *
	 * @param domain in lower case with A-labels
	 */
	record Domain(String domain) implements RouteChoice {
	}

	/**
	 * Into a mailbox of this server.
	 *
	 * @param mailbox the mailbox
	 */
	record Mailbox(io.mailio.smtp.Mailbox mailbox) implements RouteChoice {
	}

	/**
	 * Nowhere.
	 *
	 * @param reply 5xx if that is final, else 4xx
	 */
	record Refusal(Reply reply) implements RouteChoice {
	}

	/**
	 * Nowhere this time, since nobody has chosen in time. The other recipients of the
	 * message, whom nobody was asked about yet, would wait as long: they go nowhere
	 * either.
	 *
	 * @param reply why, 4xx
	 */
	record Late(Reply reply) implements RouteChoice {
	}

}
