/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.mailio.smtp.Reply;

/**
 * The names that exist without anybody registering them: the events, and per command the
 * built-in handlers in their order. They are anchors for {@code before} and {@code after}
 * even when the handler is switched off.
 */
public final class HandlerNames {

	/** The name of the engine's own part of each command; it runs first. */
	public static final String CORE = "core";

	/**
	 * Asked about mail from the queue, not about a command; {@link #CORE}, the configured
	 * routing, runs last.
	 */
	public static final String ROUTE = "route";

	private static final Map<String, List<String>> BUILT_IN = Map.of("connect", List.of("early-talker", "rdns"), "mail",
			List.of("sender-login"), "rcpt", List.of("dnsbl", "mailbox", "relay"), "queue",
			List.of("headers", "spamd", "maildir", "relay", "discard"));

	/**
	 * The verbs and events of the engine; any other command is a verb that users have
	 * invented.
	 */
	private static final Set<String> COMMANDS = Set.of("connect", "helo", "ehlo", "lhlo", "auth", "starttls", "mail",
			"rcpt", "data", "queue", "rset", "noop", "help", "vrfy", "quit", "timeout", "unrecognized");

	private HandlerNames() {
	}

	/**
	 * The built-in handlers of a command, {@code core} left out.
	 * @param command the command
	 * @return their names in order
	 */
	public static List<String> builtIn(String command) {
		return BUILT_IN.getOrDefault(command, List.of());
	}

	/**
	 * Whether a command can be accepted with a reply: DATA with 3xx, other commands of
	 * ours with 2xx, verbs that users have invented with either.
	 */
	static boolean canAccept(String command, Reply reply) {
		return !COMMANDS.contains(command) || reply.isIntermediate() == command.equals("data");
	}

	static void requireCommand(String command) {
		if (!isWord(command)) {
			throw new HandlerConfigurationException("'" + command + "' is not a command",
					"Name a command or event in lower case, for example rcpt or queue.");
		}
		if (command.equals("bdat")) {
			throw new HandlerConfigurationException("BDAT has no handlers of its own",
					"Name the command data: its handlers are asked at the first BDAT of a message, too.");
		}
	}

	static void requireName(String command, String name) {
		if (name.isBlank() || name.indexOf('/') >= 0) {
			throw new HandlerConfigurationException("'" + name + "' is not a name for a handler of " + command,
					"Give the handler a short name without a slash, for example my-handler.");
		}
		if (name.equals(CORE)) {
			throw new HandlerConfigurationException("The name " + command + "/core is taken by the engine itself",
					"Give the handler another name.");
		}
	}

	/** Removes the command from {@code rcpt/dnsbl} at {@code rcpt}. */
	static String simple(String command, String name) {
		return name.startsWith(command + "/") ? name.substring(command.length() + 1) : name;
	}

	private static boolean isWord(String word) {
		for (int i = 0; i < word.length(); i++) {
			char c = word.charAt(i);
			boolean letter = c >= 'a' && c <= 'z';
			boolean inner = i > 0 && ((c >= '0' && c <= '9') || c == '-');
			if (!letter && !inner) {
				return false;
			}
		}
		return !word.isEmpty();
	}

	/** The candidate most like a misspelt name, if any is near enough to be meant. */
	static Optional<String> nearest(String name, Collection<String> candidates) {
		String best = null;
		int least = Math.max(2, name.length() / 2) + 1;
		for (String candidate : candidates) {
			int distance = distance(name, candidate);
			if (distance < least) {
				least = distance;
				best = candidate;
			}
		}
		return Optional.ofNullable(best);
	}

	/** The number of single-character edits between two words. */
	private static int distance(String a, String b) {
		int[] row = new int[b.length() + 1];
		for (int j = 0; j <= b.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= b.length(); j++) {
				int above = row[j];
				int replaced = diagonal + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
				diagonal = above;
			}
		}
		return row[b.length()];
	}

}
