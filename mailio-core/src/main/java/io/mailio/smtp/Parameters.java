/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The {@code esmtp-param}s behind the path of a MAIL or RCPT command (RFC 5321 section
 * 4.1.2). Keywords are held in upper case; values as sent, empty where the client gave
 * none. A value holds more than US-ASCII only if the client may say so (RFC 6531 section
 * 3.3). Immutable.
 */
public final class Parameters {

	/** No parameters. */
	public static final Parameters NONE = new Parameters(Map.of());

	private final Map<String, String> values;

	private Parameters(Map<String, String> values) {
		this.values = values;
	}

	/**
	 * Reads {@code KEYWORD[=value]} words separated by spaces.
	 * @param text what follows the path
	 * @return the parameters
	 * @throws ParameterException if a word is malformed or a keyword stands there twice
	 */
	static Parameters parse(String text) throws ParameterException {
		if (text.isEmpty()) {
			return NONE;
		}
		Map<String, String> values = new LinkedHashMap<>();
		int from = 0;
		while (from < text.length()) {
			int space = text.indexOf(' ', from);
			int to = (space < 0) ? text.length() : space;
			if (to > from) {
				parseWord(text.substring(from, to), values);
			}
			from = to + 1;
		}
		return values.isEmpty() ? NONE : new Parameters(Collections.unmodifiableMap(values));
	}

	private static void parseWord(String word, Map<String, String> values) throws ParameterException {
		int equals = word.indexOf('=');
		String keyword = (equals < 0) ? word : word.substring(0, equals);
		String value = (equals < 0) ? "" : word.substring(equals + 1);
		if (!isKeyword(keyword) || (equals >= 0 && !isValue(value))) {
			throw new ParameterException(Replies.PARAMETER_SYNTAX);
		}
		if (values.putIfAbsent(keyword.toUpperCase(Locale.ROOT), value) != null) {
			throw new ParameterException(Replies.UNKNOWN_PARAMETER);
		}
	}

	private static boolean isKeyword(String word) {
		for (int i = 0; i < word.length(); i++) {
			char c = word.charAt(i);
			if (!AddressParser.isLetterOrDigit(c) && (c != '-' || i == 0)) {
				return false;
			}
		}
		return !word.isEmpty();
	}

	private static boolean isValue(String word) {
		for (int i = 0; i < word.length(); i++) {
			char c = word.charAt(i);
			if (c <= ' ' || c == '=' || (c >= 0x7f && c <= 0xa0)) {
				return false;
			}
		}
		return !word.isEmpty();
	}

	/**
	 * Reads what {@link #toString()} writes.
	 * @param words words separated by spaces
	 * @return the parameters
	 * @throws IllegalArgumentException if a word is malformed or a keyword stands there
	 * twice
	 */
	public static Parameters of(String words) {
		try {
			return parse(words);
		}
		catch (ParameterException ex) {
			throw new IllegalArgumentException("No parameters of a command: " + ex.getMessage(), ex);
		}
	}

	/** The keywords in upper case, in the order sent. */
	public Set<String> keywords() {
		return this.values.keySet();
	}

	/** Whether the keyword was given. */
	public boolean has(String keyword) {
		return this.values.containsKey(keyword.toUpperCase(Locale.ROOT));
	}

	/** The value of a keyword, empty text if it was given without one. */
	public Optional<String> value(String keyword) {
		return Optional.ofNullable(this.values.get(keyword.toUpperCase(Locale.ROOT)));
	}

	/** Whether there is none. */
	public boolean isEmpty() {
		return this.values.isEmpty();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Parameters that && this.values.equals(that.values);
	}

	@Override
	public int hashCode() {
		return this.values.hashCode();
	}

	/** {@code KEYWORD[=value]} words as a client sends them. */
	@Override
	public String toString() {
		return this.values.entrySet()
			.stream()
			.map((one) -> one.getValue().isEmpty() ? one.getKey() : one.getKey() + "=" + one.getValue())
			.collect(Collectors.joining(" "));
	}

}
