/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

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

	/** By the length of their names. */
	private final Entry[][] verbs;

	private CommandTable(Verb<?>... introductions) {
		List<Verb<?>> all = new ArrayList<>(List.of(introductions));
		all.addAll(List.of(new MailCommand(), new RcptCommand(), new DataCommand(), new BdatCommand(),
				new RsetCommand(), new NoopCommand(), new QuitCommand(), new VrfyCommand(), new StartTlsCommand(),
				new AuthCommand()));
		all.add(new HelpCommand(all));
		int longest = all.stream().mapToInt((verb) -> verb.name().length()).max().orElseThrow();
		this.verbs = IntStream.rangeClosed(0, longest)
			.mapToObj((length) -> all.stream()
				.filter((verb) -> verb.name().length() == length)
				.map((verb) -> new Entry(verb.name(), verb))
				.toArray(Entry[]::new))
			.toArray(Entry[][]::new);
	}

	private record Entry(String name, Verb<?> verb) {
	}

	static CommandTable of(Protocol protocol) {
		return switch (protocol) {
			case SMTP -> SMTP;
			case LMTP -> LMTP;
		};
	}

	/** Whether a command may come before AUTH where that is required. */
	static boolean isOpen(Verb<?> verb) {
		return OPEN.contains(verb.name());
	}

	/**
	 * Finds a command.
	 * @param line begins with its name, in any case (RFC 5321 section 2.4)
	 * @param end where the name ends
	 * @return the command, {@code null} if there is none of that name
	 */
	@Nullable Verb<?> find(String line, int end) {
		if (end >= this.verbs.length) {
			return null;
		}
		for (Entry entry : this.verbs[end]) {
			if (begins(line, entry.name())) {
				return entry.verb();
			}
		}
		return null;
	}

	/** US-ASCII only: names have no other letters that are some s or k. */
	private static boolean begins(String line, String name) {
		for (int i = 0; i < name.length(); i++) {
			if ((line.charAt(i) | 0x20) != name.charAt(i)) {
				return false;
			}
		}
		return true;
	}

}
