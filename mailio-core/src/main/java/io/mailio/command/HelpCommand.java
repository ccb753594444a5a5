/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/**
 * HELP (RFC 5321 section 4.1.1.8): the names of the commands that the session is offered.
 */
final class HelpCommand extends Verb<String> {

	private final List<Verb<?>> others;

	HelpCommand(List<Verb<?>> others) {
		super("help");
		this.others = List.copyOf(others);
	}

	@Override
	String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		String names = this.others.stream()
			.filter((verb) -> verb.isOffered(conversation))
			.map((verb) -> verb.name().toUpperCase(Locale.ROOT))
			.collect(Collectors.joining(" ", "Commands: ", " HELP"));
		return new Reply(214, EnhancedStatusCode.UNDEFINED, names, "See RFC 5321, section 4.1");
	}

}
