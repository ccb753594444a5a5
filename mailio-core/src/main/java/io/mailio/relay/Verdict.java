/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/**
 * What has become of a message for one recipient.
 *
 * @param kind whether it was delivered
 * @param phase where that was decided
 * @param reply the server's reply or, if it has not come to one, a reply of ours that
 * says what has happened
 * @param fromServer whether the reply is the server's
 * @param advice whether there is anything to be tried at once
 */
public record Verdict(Kind kind, Phase phase, Reply reply, boolean fromServer, Advice advice) {

	/** Whether it was delivered. */
	public enum Kind {

		/** The server has taken it, and with it the responsibility. */
		DELIVERED,
		/** Not now. */
		TEMPORARY,
		/** Never. */
		PERMANENT

	}

	/** What is worth to be tried at once. */
	public enum Advice {

		/** Nothing. */
		NONE,
		/** Another host of the same destination: the trouble is this one's. */
		NEXT_HOST,
		/**
		 * A further transaction with the same host: there were more recipients than it
		 * takes at once (RFC 5321 section 4.5.3.1.10).
		 */
		SAME_HOST

	}

	/** Whether the server has taken the message. */
	public boolean isDelivered() {
		return this.kind == Kind.DELIVERED;
	}

	/** By what a server says within a transaction. */
	static Verdict of(Phase phase, Reply reply) {
		if (reply.isPositive()) {
			return new Verdict(Kind.DELIVERED, phase, reply, true, Advice.NONE);
		}
		return (reply.code() < 500) ? new Verdict(Kind.TEMPORARY, phase, reply, true, Advice.NEXT_HOST)
				: new Verdict(Kind.PERMANENT, phase, reply, true, Advice.NONE);
	}

	/** By what a server says to anybody: another one may be kinder. */
	static Verdict ofHost(Phase phase, Reply reply) {
		Kind kind = (reply.code() < 500) ? Kind.TEMPORARY : Kind.PERMANENT;
		return new Verdict(kind, phase, reply, true, Advice.NEXT_HOST);
	}

	/** By ourselves: the host cannot do what the message needs. */
	static Verdict unable(Phase phase, int code, int subject, int detail, String text) {
		return new Verdict(Kind.PERMANENT, phase, reply(code, subject, detail, text), false, Advice.NEXT_HOST);
	}

	/** By ourselves: something has gone wrong. */
	static Verdict trouble(Phase phase, Advice advice, int code, int subject, int detail, String text) {
		return new Verdict(Kind.TEMPORARY, phase, reply(code, subject, detail, text), false, advice);
	}

	/** A reply of ours, whose text may quote anything. */
	private static Reply reply(int code, int subject, int detail, String text) {
		return new Reply(code, new EnhancedStatusCode(subject, detail), io.mailio.smtp.Printable.of(text));
	}

}
