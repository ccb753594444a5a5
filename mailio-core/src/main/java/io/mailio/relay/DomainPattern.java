/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;

/**
 * {@code *} for all, {@code example.org} for that domain, {@code *.example.org} for those
 * below it.
 *
 * @param text the pattern in lower case, with A-labels
 */
record DomainPattern(String text) {

	private static final String ALL = "*";

	private static final String BELOW = "*.";

	DomainPattern {
		String domain = text.trim();
		boolean below = domain.startsWith(BELOW);
		String name = below ? domain.substring(BELOW.length()) : domain;
		if (!domain.equals(ALL) && (!AddressParser.isDomain(name) || name.startsWith("["))) {
			throw new IllegalArgumentException("The domain '" + text
					+ "' of a route is none: write a domain, *.domain for all below it, or * for all");
		}
		text = domain.equals(ALL) ? ALL : (below ? BELOW : "") + DomainNames.toAscii(name);
	}

	/**
	 * Whether a domain is meant.
	 * @param domain in lower case with A-labels; empty for the null sender, which only
	 * {@code *} means
	 */
	boolean matches(String domain) {
		if (this.text.equals(ALL)) {
			return true;
		}
		return this.text.startsWith(BELOW) ? domain.endsWith(this.text.substring(1)) : domain.equals(this.text);
	}

}
