/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.List;

import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;

/**
 * EHLO (RFC 5321 section 4.1.1.1): the client introduces itself and is told the
 * extensions; a transaction in progress is over. LHLO is the same under LMTP (RFC 2033
 * section 4.1).
 */
final class EhloCommand extends Verb<String> {

	private static final int MAX_NAME = 255;

	/**
	 * The command of one protocol.
	 * @param name {@code ehlo} or {@code lhlo}
	 */
	EhloCommand(String name) {
		super(name);
	}

	@Override
	String check(Conversation conversation, String argument) throws Refusal {
		return client(argument);
	}

	/**
	 * Takes any word of visible characters: many clients do not know a proper name for
	 * themselves, and section 4.1.4 forbids refusing mail for that.
	 */
	static String client(String argument) throws Refusal {
		String client = argument.strip();
		if (client.isEmpty() || client.length() > MAX_NAME || !client.chars().allMatch((c) -> c > ' ' && c < 0x7f)) {
			throw new Refusal(Replies.HELO_SYNTAX);
		}
		return client;
	}

	@Override
	Reply reply(Conversation conversation, String client) {
		return conversation.service().capabilities(conversation.view());
	}

	/** A handler gives the first line; the extensions stay. */
	@Override
	Reply merge(Reply own, Reply given) {
		List<String> lines = new ArrayList<>(given.text());
		lines.addAll(own.text().subList(1, own.text().size()));
		return new Reply(given.code(), lines.toArray(String[]::new));
	}

	@Override
	void apply(Conversation conversation, String client) {
		conversation.input().reset();
		conversation.session().identified(client, true);
	}

}
