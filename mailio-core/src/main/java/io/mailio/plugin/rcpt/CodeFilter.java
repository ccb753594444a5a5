/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers of a list, as an IPv4 address each octet of which is a number, a range or any:
 * {@code 127.0.0.2}, {@code 127.0.0.2-11}, {@code 127.0.*.1-3}. Immutable.
 */
public final class CodeFilter {

	private static final int OCTETS = 4;

	private static final Pattern OCTET = Pattern.compile("(?<any>\\*)|(?<from>\\d{1,3})(?:-(?<to>\\d{1,3}))?");

	private final String text;

	private final int[] least = new int[OCTETS];

	private final int[] most = new int[OCTETS];

	private CodeFilter(String text) {
		this.text = text;
		String[] octets = text.split("\\.", -1);
		if (octets.length != OCTETS) {
			throw malformed(text);
		}
		for (int i = 0; i < OCTETS; i++) {
			Matcher octet = OCTET.matcher(octets[i]);
			if (!octet.matches()) {
				throw malformed(text);
			}
			boolean any = octet.group("any") != null;
			this.least[i] = any ? 0 : Integer.parseInt(octet.group("from"));
			this.most[i] = any ? 255
					: (octet.group("to") != null) ? Integer.parseInt(octet.group("to")) : this.least[i];
			if (this.most[i] > 255 || this.least[i] > this.most[i]) {
				throw malformed(text);
			}
		}
		if (this.least[0] != 127 || this.most[0] != 127) {
			throw new IllegalArgumentException(
					"'" + text + "' is nothing that a list answers: codes begin with 127, for example 127.0.0.2");
		}
	}

	private static IllegalArgumentException malformed(String text) {
		return new IllegalArgumentException(
				"'" + text + "' must be four numbers, ranges or asterisks with dots between,"
						+ " for example 127.0.0.2, 127.0.0.2-11 or 127.0.*.1-3");
	}

	/**
	 * Reads a filter.
	 * @param text the filter
	 * @return the filter
	 * @throws IllegalArgumentException if it is malformed; the message says how to write
	 * it
	 */
	public static CodeFilter parse(String text) {
		return new CodeFilter(text.trim());
	}

	/** Whether a code, as four octets, is among these. */
	boolean matches(byte[] code) {
		for (int i = 0; i < OCTETS; i++) {
			int octet = code[i] & 0xff;
			if (octet < this.least[i] || octet > this.most[i]) {
				return false;
			}
		}
		return true;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof CodeFilter filter && this.text.equals(filter.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	/** The filter as it was written. */
	@Override
	public String toString() {
		return this.text;
	}

}
