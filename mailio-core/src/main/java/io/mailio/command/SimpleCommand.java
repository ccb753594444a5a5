/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.function.BiFunction;
import java.util.function.Consumer;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * A command that may come at any time, with one fixed reply and at most one effect: RSET,
 * NOOP, QUIT, HELP and VRFY (RFC 5321 sections 4.1.1.5 to 4.1.1.10).
 *
 * @param name the name in lower case
 * @param argument what may stand behind it
 * @param fixedReply gives the reply
 * @param effect what it does
 */
record SimpleCommand(String name, Argument argument, BiFunction<Conversation, String, Reply> fixedReply,
		Consumer<Conversation> effect) implements Verb<String> {

	/** What may stand behind a command. */
	enum Argument {

		NONE, OPTIONAL, REQUIRED

	}

	static final SimpleCommand RSET = new SimpleCommand("rset", Argument.NONE, Replies.OK,
			(conversation) -> conversation.session().reset());

	static final SimpleCommand NOOP = new SimpleCommand("noop", Argument.OPTIONAL, Replies.OK, (conversation) -> {
	});

	static final SimpleCommand QUIT = new SimpleCommand("quit", Argument.NONE, Replies.BYE,
			Conversation::closeAfterReply);

	static final SimpleCommand VRFY = new SimpleCommand("vrfy", Argument.REQUIRED, Replies.CANNOT_VERIFY,
			(conversation) -> {
			});

	SimpleCommand(String name, Argument argument, Reply reply, Consumer<Conversation> effect) {
		this(name, argument, (conversation, text) -> reply, effect);
	}

	@Override
	public String check(Conversation conversation, String text) throws Refusal {
		switch (this.argument) {
			case NONE -> Verb.requireNone(text);
			case REQUIRED -> {
				if (text.isBlank()) {
					throw new Refusal(Replies.VRFY_SYNTAX);
				}
			}
			case OPTIONAL -> {
			}
		}
		return text;
	}

	@Override
	public Reply reply(Conversation conversation, String text) {
		return this.fixedReply.apply(conversation, text);
	}

	@Override
	public void apply(Conversation conversation, String text) {
		this.effect.accept(conversation);
	}

}
