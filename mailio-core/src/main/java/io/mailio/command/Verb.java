/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.time.Duration;

import io.mailio.handler.Subject;
import io.mailio.session.SessionState;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * A command of the protocol in three steps. <em>Ask</em>, between {@link #check} and
 * {@link #apply}, is the same for all and not written here.
 *
 * <p>
 * A class and no interface: each command calls most of these methods, on another verb
 * than the one before, and methods of classes are found faster then.
 *
 * @param <T> what a check finds out
 */
abstract class Verb<T> {

	private final String name;

	/**
	 * A verb or event.
	 * @param name its name in lower case
	 */
	Verb(String name) {
		this.name = name;
	}

	/** The name in lower case. */
	final String name() {
		return this.name;
	}

	/** Whether HELP names it; not what this session is not offered. */
	boolean isOffered(Conversation conversation) {
		return true;
	}

	/** Walks through the steps; BDAT has a way of its own. */
	void walk(Conversation conversation, String argument) {
		conversation.execute(this, argument);
	}

	/**
	 * Whether the command may come now.
	 * @throws Refusal if not: 503
	 */
	void permit(SessionState session) throws Refusal {
	}

	/**
	 * Reads the argument. Changes nothing.
	 * @param argument what came after the verb
	 * @throws Refusal if it is malformed or over a limit
	 */
	abstract T check(Conversation conversation, String argument) throws Refusal;

	/**
	 * Talks with the client before the handlers can be asked. Whoever does that asks them
	 * itself when it is done.
	 * @return whether it talks
	 */
	boolean converse(Conversation conversation, T checked, String argument) {
		return false;
	}

	/** The argument as handlers may see it; secrets are left out. */
	String visible(String argument) {
		return argument;
	}

	/** What the handlers are asked about. */
	Subject subject(T checked) {
		return Subject.NONE;
	}

	/**
	 * The refusal that takes the place of whatever the handlers have decided: nothing of
	 * that is told or applied.
	 * @return {@code null} if their decision stands
	 */
	@Nullable Reply overrule(Conversation conversation, T checked) {
		return null;
	}

	/** The reply, if all handlers accept and none gives another. */
	abstract Reply reply(Conversation conversation, T checked);

	/** The reply that is sent when a handler has given one. */
	Reply merge(Reply own, Reply given) {
		return given;
	}

	/** The effect, after all handlers have accepted and before the reply is sent. */
	void apply(Conversation conversation, T checked) {
	}

	/**
	 * The command was refused, by its check or by a handler.
	 * @param checked what the check found out, {@code null} if it did not come that far
	 */
	void refused(Conversation conversation, @Nullable T checked, Reply reply) {
	}

	/** How long a refusal waits before it is sent; {@link #refused} was called before. */
	Duration delay(Conversation conversation, @Nullable T checked) {
		return Duration.ZERO;
	}

	/** Refuses an argument. */
	static void requireNone(String argument) throws Refusal {
		if (!argument.isBlank()) {
			throw new Refusal(Replies.NO_ARGUMENTS);
		}
	}

}
