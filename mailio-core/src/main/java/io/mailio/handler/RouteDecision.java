/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;

/**
 * Where a recipient's mail goes, by a {@link RouteHandler}: made with the factories here.
 * It holds for one attempt.
 */
public sealed interface RouteDecision {

	/**
	 * Leaves it to the next handler and, behind the last one, to the configuration:
	 * routes, smart host, mail exchangers, mailboxes of this server.
	 */
	static RouteDecision pass() {
		return Pass.PASS;
	}

	/**
	 * To a host, on the port of mail exchangers ({@code mailio.relay.port}).
	 * @param host its name, of which no mail exchanger is asked for, or its address. It
	 * must have an address that is not private, unless those are allowed
	 * @see #host(String, int)
	 */
	static RouteDecision host(String host) {
		return new Host(host, 0);
	}

	/**
	 * To a port of a host. If that is a configured smart host, it is spoken to as
	 * configured; else by the rules for mail exchangers.
	 * @param host its name, of which no mail exchanger is asked for, or its address. It
	 * must have an address that is not private, unless those are allowed
	 * @param port its port, 1 to 65535
	 */
	static RouteDecision host(String host, int port) {
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException("A port lies between 1 and 65535, not " + port);
		}
		return new Host(host, port);
	}

	/**
	 * To a smart host that is configured under a name
	 * ({@code mailio.relay.smart-hosts.<name>}); it may have any address.
	 */
	static RouteDecision smartHost(String name) {
		return new SmartHost(name);
	}

	/** To the mail exchangers of another domain than that of the recipient. */
	static RouteDecision domain(String domain) {
		return new Domain(domain);
	}

	/**
	 * Into a mailbox of this server, which need not be that of the recipient.
	 * @param mailbox the mailbox, in a served domain
	 */
	static RouteDecision local(Mailbox mailbox) {
		return new Local(mailbox);
	}

	/**
	 * Not at all.
	 * @param code 5xx returns the message to its sender, with 4xx it waits for the next
	 * attempt
	 * @param text why, for the sender and the log
	 */
	static RouteDecision reject(int code, String text) {
		return reject(new Reply(code, text));
	}

	/**
	 * Not at all.
	 * @param reply 5xx returns the message to its sender, with 4xx it waits for the next
	 * attempt
	 */
	static RouteDecision reject(Reply reply) {
		return new Reject(reply);
	}

	/** See {@link RouteDecision#pass}. */
	enum Pass implements RouteDecision {

		/** The only one. */
		PASS

	}

	/**
	 * See {@link RouteDecision#host(String, int)}.
	 *
	 * @param host its name or address
	 * @param port its port, 0 for that of mail exchangers
	 */
	record Host(String host, int port) implements RouteDecision {
	}

	/**
	 * See {@link RouteDecision#smartHost}.
	 *
	 * @param name its name in the configuration
	 */
	record SmartHost(String name) implements RouteDecision {
	}

	/**
	 * See {@link RouteDecision#domain}.
	 *
	 * @param domain the domain
	 */
	record Domain(String domain) implements RouteDecision {
	}

	/**
	 * See {@link RouteDecision#local}.
	 *
	 * @param mailbox the mailbox
	 */
	record Local(Mailbox mailbox) implements RouteDecision {
	}

	/**
	 * See {@link RouteDecision#reject(Reply)}.
	 *
	 * @param reply why, 4xx or 5xx
	 */
	record Reject(Reply reply) implements RouteDecision {

		public Reject {
			if (!reply.isNegative()) {
				throw new IllegalArgumentException("Mail is refused with a 4xx or 5xx reply, not with " + reply.code());
			}
		}

	}

}
