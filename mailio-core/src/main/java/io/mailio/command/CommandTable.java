/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The one table of the commands that the engine knows.
 */
final class CommandTable {

	private final Map<String, Verb<?>> verbs = new LinkedHashMap<>();

	CommandTable() {
		List<Verb<?>> all = List.of(EhloCommand.EHLO, EhloCommand.HELO, new MailCommand(), new RcptCommand(),
				new DataCommand(), SimpleCommand.RSET, SimpleCommand.NOOP, SimpleCommand.QUIT, SimpleCommand.VRFY,
				new AuthCommand());
		all.forEach((verb) -> this.verbs.put(verb.name(), verb));
		SimpleCommand help = help();
		this.verbs.put(help.name(), help);
		// Nearly all clients write verbs in upper case: those are found without
		// converting.
		List.copyOf(this.verbs.values()).forEach((verb) -> this.verbs.put(verb.name().toUpperCase(Locale.ROOT), verb));
	}

	private SimpleCommand help() {
		String names = this.verbs.keySet()
			.stream()
			.map((name) -> name.toUpperCase(Locale.ROOT))
			.collect(Collectors.joining(" "));
		Reply reply = new Reply(214, EnhancedStatusCode.UNDEFINED, "Commands: " + names + " HELP",
				"See RFC 5321, section 4.1");
		return new SimpleCommand("help", SimpleCommand.Argument.OPTIONAL, reply, (conversation) -> {
		});
	}

	/**
	 * Finds a command.
	 * @param name its name in any case (RFC 5321 section 2.4)
	 * @return the command, {@code null} if there is none of that name
	 */
	@Nullable Verb<?> find(String name) {
		Verb<?> verb = this.verbs.get(name);
		return (verb != null) ? verb : this.verbs.get(name.toLowerCase(Locale.ROOT));
	}

}
