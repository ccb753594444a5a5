/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.List;
import java.util.Locale;

import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;

/**
 * A list in the DNS (RFC 5782), and what it counts to be on it. A list of which some
 * answers count more than others is named several times; it is asked once.
 *
 * @param name the domain of the list, in lower case, for example {@code zen.spamhaus.org}
 * @param weight what it counts to be on the list, not zero; negative for a list of those
 * who are trusted
 * @param codes which answers count; none given means all but {@code 127.0.0.1}, by which
 * some lists say that they do not serve us
 */
public record DnsblZone(String name, int weight, List<CodeFilter> codes) {

	private static final int MAX_WEIGHT = 1000;

	/** Less the 64 characters of an IPv6 address. */
	private static final int MAX_NAME = 253 - 64;

	public DnsblZone {
		codes = List.copyOf(codes);
		String written = name;
		name = name.trim().toLowerCase(Locale.ROOT);
		name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
		if (!isDomain(name)) {
			throw new IllegalArgumentException(
					"'" + written + "' must be the domain of a list, for example zen.spamhaus.org");
		}
		if (weight == 0 || Math.abs(weight) > MAX_WEIGHT) {
			throw new IllegalArgumentException("The weight of " + name + " must be between -" + MAX_WEIGHT + " and "
					+ MAX_WEIGHT + " and not 0, not " + weight);
		}
	}

	/**
	 * A list on which to be counts one, whatever it answers.
	 * @param name the domain of the list
	 * @return the list
	 * @throws IllegalArgumentException if that is no domain
	 */
	public static DnsblZone of(String name) {
		return new DnsblZone(name, 1, List.of());
	}

	/** With two labels at least, and no address. */
	private static boolean isDomain(String name) {
		int dot = name.lastIndexOf('.');
		return dot >= 0 && name.length() <= MAX_NAME && AddressParser.isDomain(name) && DomainNames.isAscii(name)
				&& Character.isLetter(name.charAt(dot + 1));
	}

	/** Whether an answer, four octets, counts. */
	boolean counts(byte[] code) {
		if (this.codes.isEmpty()) {
			return code[1] != 0 || code[2] != 0 || code[3] != 1;
		}
		return this.codes.stream().anyMatch((filter) -> filter.matches(code));
	}

}
