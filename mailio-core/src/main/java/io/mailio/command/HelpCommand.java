/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Collection;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/** HELP (RFC 5321 section 4.1.1.8): the names of the commands. */
final class HelpCommand implements Verb<String> {

	private final Reply reply;

	HelpCommand(Collection<String> commands) {
		this.reply = new Reply(214, EnhancedStatusCode.UNDEFINED, "Commands: " + String.join(" ", commands) + " HELP",
				"See RFC 5321, section 4.1");
	}

	@Override
	public String name() {
		return "help";
	}

	@Override
	public String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	public Reply reply(Conversation conversation, String argument) {
		return this.reply;
	}

}
