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
 * EHLO and HELO (RFC 5321 section 4.1.1.1): the client introduces itself; a transaction
 * in progress is over. EHLO answers with the extensions.
 */
final class EhloCommand implements Verb<String> {

	static final EhloCommand EHLO = new EhloCommand("ehlo", true);

	static final EhloCommand HELO = new EhloCommand("helo", false);

	private static final int MAX_NAME = 255;

	private final String name;

	private final boolean extended;

	private EhloCommand(String name, boolean extended) {
		this.name = name;
		this.extended = extended;
	}

	@Override
	public String name() {
		return this.name;
	}

	/**
	 * Takes any word of visible characters: many clients do not know a proper name for
	 * themselves, and section 4.1.4 forbids refusing mail for that.
	 */
	@Override
	public String check(Conversation conversation, String argument) throws Refusal {
		String client = argument.strip();
		if (client.isEmpty() || client.length() > MAX_NAME || !client.chars().allMatch((c) -> c > ' ' && c < 0x7f)) {
			throw new Refusal(Replies.HELO_SYNTAX);
		}
		return client;
	}

	@Override
	public Reply reply(Conversation conversation, String client) {
		return this.extended ? conversation.service().capabilities(conversation.view())
				: conversation.service().introduction();
	}

	/** A handler gives the first line; the extensions stay. */
	@Override
	public Reply merge(Reply own, Reply given) {
		List<String> lines = new ArrayList<>(given.text());
		lines.addAll(own.text().subList(1, own.text().size()));
		return new Reply(given.code(), lines.toArray(String[]::new));
	}

	@Override
	public void apply(Conversation conversation, String client) {
		conversation.session().identified(client, this.extended);
	}

}
