/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Optional;

/**
 * The encoding of values of parameters (RFC 3461 section 4): a plus sign begins two
 * upper-case hexadecimal digits, which stand for one octet.
 */
public final class Xtext {

	private static final String HEX = "0123456789ABCDEF";

	private Xtext() {
	}

	/**
	 * Whether a value is not empty and each plus sign in it begins an octet, whatever
	 * that is.
	 */
	public static boolean isWellFormed(String value) {
		for (int i = value.indexOf('+'); i >= 0; i = value.indexOf('+', i + 1)) {
			if (i + 2 >= value.length() || octet(value.charAt(i + 1), value.charAt(i + 2)) < 0) {
				return false;
			}
		}
		return !value.isEmpty();
	}

	/**
	 * Reads a value.
	 * @param value what stands behind the equals sign
	 * @return the text, empty if the value is malformed or stands for anything but
	 * printable US-ASCII and spaces
	 */
	public static Optional<String> decode(String value) {
		StringBuilder text = new StringBuilder(value.length());
		for (int i = 0; i < value.length(); i++) {
			int c = value.charAt(i);
			if (c == '+') {
				c = (i + 2 < value.length()) ? octet(value.charAt(i + 1), value.charAt(i + 2)) : -1;
				i += 2;
			}
			else if (c == '=' || c == ' ') {
				return Optional.empty();
			}
			if (c < ' ' || c >= 0x7f) {
				return Optional.empty();
			}
			text.append((char) c);
		}
		return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
	}

	private static int octet(char high, char low) {
		int first = HEX.indexOf(high);
		int second = HEX.indexOf(low);
		return (first < 0 || second < 0) ? -1 : first << 4 | second;
	}

	/**
	 * Writes a value.
	 * @param text printable US-ASCII and spaces
	 * @return the value
	 */
	public static String encode(String text) {
		StringBuilder value = new StringBuilder(text.length() + 8);
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c >= 0x7f || c == '+' || c == '=') {
				value.append('+').append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
			}
			else {
				value.append(c);
			}
		}
		return value.toString();
	}

}
