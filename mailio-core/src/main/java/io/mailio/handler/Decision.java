/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Objects;

import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What a handler decided: accept (the next handler is asked), reject (the client gets the
 * reply at once, no further handler is asked) or end (the connection closes). The
 * factories are pure: they send nothing; a handler returns the decision. Immutable.
 */
public final class Decision {

	/** The kinds of decision. */
	public enum Kind {

		/** Go on with the next handler. */
		ACCEPT,
		/** Refuse the command. */
		REJECT,
		/** Close the connection. */
		END

	}

	private static final Decision ACCEPT = new Decision(Kind.ACCEPT, null);

	private static final Decision END = new Decision(Kind.END, null);

	private final Kind kind;

	private final @Nullable Reply reply;

	private Decision(Kind kind, @Nullable Reply reply) {
		this.kind = kind;
		this.reply = reply;
	}

	/** Accepts with the reply given so far, or the command's own. */
	public static Decision accept() {
		return ACCEPT;
	}

	/**
	 * Accepts with a reply, unless a later handler gives another one.
	 * @param code 2xx or 3xx
	 * @param text the text
	 * @return the decision
	 */
	public static Decision accept(int code, String text) {
		return accept(new Reply(code, text));
	}

	/**
	 * Accepts with a reply, unless a later handler gives another one.
	 * @param reply a 2xx or 3xx reply
	 * @return the decision
	 */
	public static Decision accept(Reply reply) {
		if (reply.isNegative()) {
			throw new IllegalArgumentException("accept takes a 2xx or 3xx code, not " + reply.code());
		}
		return new Decision(Kind.ACCEPT, reply);
	}

	/**
	 * Rejects the command.
	 * @param code 4xx (the client may try again) or 5xx (it must not); after 421 the
	 * connection closes
	 * @param text the text
	 * @return the decision
	 */
	public static Decision reject(int code, String text) {
		return reject(new Reply(code, text));
	}

	/**
	 * Rejects the command.
	 * @param reply a 4xx or 5xx reply
	 * @return the decision
	 */
	public static Decision reject(Reply reply) {
		if (!reply.isNegative()) {
			throw new IllegalArgumentException("reject takes a 4xx or 5xx code, not " + reply.code());
		}
		return new Decision(Kind.REJECT, reply);
	}

	/** Closes the connection without a reply. */
	public static Decision end() {
		return END;
	}

	/**
	 * Closes the connection after a reply.
	 * @param code the code
	 * @param text the text
	 * @return the decision
	 */
	public static Decision end(int code, String text) {
		return end(new Reply(code, text));
	}

	/**
	 * Closes the connection after a reply.
	 * @param reply the reply
	 * @return the decision
	 */
	public static Decision end(Reply reply) {
		return new Decision(Kind.END, reply);
	}

	/** What was decided. */
	public Kind kind() {
		return this.kind;
	}

	/** The reply that goes with it, {@code null} if none was given. */
	public @Nullable Reply reply() {
		return this.reply;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Decision that && this.kind == that.kind && Objects.equals(this.reply, that.reply);
	}

	@Override
	public int hashCode() {
		return 31 * this.kind.hashCode() + Objects.hashCode(this.reply);
	}

	@Override
	public String toString() {
		String name = this.kind.name().toLowerCase(java.util.Locale.ROOT);
		return (this.reply != null) ? name + " " + this.reply : name;
	}

}
