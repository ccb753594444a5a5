/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.mailio.session.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * The one table of the commands that the engine knows, by protocol.
 */
final class CommandTable {

	/** What may come before AUTH where that is required (RFC 4954 section 6). */
	private static final Set<String> OPEN = Set.of("ehlo", "helo", "lhlo", "starttls", "auth", "noop", "rset", "help",
			"quit");

	private static final CommandTable SMTP = new CommandTable(new EhloCommand("ehlo"), new HeloCommand());

	/** LHLO takes the place of EHLO and HELO (RFC 2033 section 4.1). */
	private static final CommandTable LMTP = new CommandTable(new EhloCommand("lhlo"));

	private final Map<String, Verb<?>> verbs = new HashMap<>();

	private CommandTable(Verb<?>... introductions) {
		List<Verb<?>> all = new ArrayList<>(List.of(introductions));
		all.addAll(List.of(new MailCommand(), new RcptCommand(), new DataCommand(), new BdatCommand(),
				new RsetCommand(), new NoopCommand(), new QuitCommand(), new VrfyCommand(), new StartTlsCommand(),
				new AuthCommand()));
		all.forEach(this::add);
		add(new HelpCommand(all.stream().map((verb) -> verb.name().toUpperCase(Locale.ROOT)).toList()));
	}

	static CommandTable of(Protocol protocol) {
		return switch (protocol) {
			case SMTP -> SMTP;
			case LMTP -> LMTP;
		};
	}

	/**
	 * Nearly all clients write verbs in upper case: those are found without conversion.
	 */
	private void add(Verb<?> verb) {
		this.verbs.put(verb.name(), verb);
		this.verbs.put(verb.name().toUpperCase(Locale.ROOT), verb);
	}

	/** Whether a command may come before AUTH where that is required. */
	static boolean isOpen(Verb<?> verb) {
		return OPEN.contains(verb.name());
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
