/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailio.smtp.Reply;

/**
 * What a server can do, as it says in its reply to EHLO (RFC 5321 section 4.1.1.1).
 * Immutable.
 */
final class Capabilities {

	/** Nothing but what RFC 821 has had. */
	static final Capabilities NONE = new Capabilities(Map.of());

	private static final int MAX_DIGITS = 18;

	private final Map<String, String> lines;

	private Capabilities(Map<String, String> lines) {
		this.lines = lines;
	}

	/** Reads them; the first line names the server. */
	static Capabilities of(Reply reply) {
		Map<String, String> lines = new HashMap<>();
		for (String line : reply.text().subList(1, reply.text().size())) {
			String text = line.strip();
			// Some servers still offer AUTH=LOGIN beside AUTH LOGIN, as drafts had it.
			int end = firstOf(text, ' ', '=');
			String keyword = text.substring(0, end).toUpperCase(Locale.ROOT);
			String rest = (end < text.length()) ? text.substring(end + 1).strip() : "";
			if (!keyword.isEmpty()) {
				lines.merge(keyword, rest, (one, other) -> one + " " + other);
			}
		}
		return lines.isEmpty() ? NONE : new Capabilities(Map.copyOf(lines));
	}

	private static int firstOf(String text, char one, char other) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) == one || text.charAt(i) == other) {
				return i;
			}
		}
		return text.length();
	}

	/** Whether an extension is offered, by its keyword in upper case. */
	boolean has(String keyword) {
		return this.lines.containsKey(keyword);
	}

	/** The largest message in octets (RFC 1870); the largest number for no limit. */
	long maxSize() {
		long size = number(this.lines.getOrDefault("SIZE", ""));
		return (size > 0) ? size : Long.MAX_VALUE;
	}

	/** The most recipients of a transaction (RFC 9422). */
	int maxRecipients() {
		return limit("RCPTMAX");
	}

	/** The most transactions of a connection (RFC 9422). */
	int maxTransactions() {
		return limit("MAILMAX");
	}

	/** The mechanisms of AUTH, in upper case. */
	Set<String> mechanisms() {
		return Set.copyOf(words("AUTH"));
	}

	private List<String> words(String keyword) {
		String rest = this.lines.getOrDefault(keyword, "");
		return Arrays.stream(rest.split("[ \t]+"))
			.filter((word) -> !word.isEmpty())
			.map((word) -> word.toUpperCase(Locale.ROOT))
			.collect(Collectors.toList());
	}

	/** A limit of 0 is none: nobody could send anything. */
	private int limit(String name) {
		for (String word : words("LIMITS")) {
			if (word.startsWith(name + "=")) {
				long limit = number(word.substring(name.length() + 1));
				return (limit > 0) ? (int) Math.min(limit, Integer.MAX_VALUE) : Integer.MAX_VALUE;
			}
		}
		return Integer.MAX_VALUE;
	}

	/** The number, 0 if it is none; what has too many digits is no limit to us. */
	private static long number(String digits) {
		boolean wellFormed = !digits.isEmpty() && digits.length() <= MAX_DIGITS
				&& digits.chars().allMatch((c) -> c >= '0' && c <= '9');
		return wellFormed ? Long.parseLong(digits) : 0;
	}

}
