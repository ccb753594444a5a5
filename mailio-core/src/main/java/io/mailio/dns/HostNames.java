/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

/**
 * Tells a host name from anything else that may stand in the DNS.
 */
final class HostNames {

	private static final int MAX_NAME = 255;

	private static final int MAX_LABEL = 63;

	private HostNames() {
	}

	/**
	 * Whether a name consists of labels of letters, digits, hyphens and underscores (the
	 * latter as found in practice). A name that ends like an address, in a number, is
	 * none: whoever reads it could take it for the client's address.
	 */
	static boolean isHostName(String name) {
		if (name.isEmpty() || name.length() > MAX_NAME) {
			return false;
		}
		int labelStart = 0;
		for (int i = 0; i <= name.length(); i++) {
			if (i == name.length() || name.charAt(i) == '.') {
				int label = i - labelStart;
				if (label == 0 || label > MAX_LABEL) {
					return false;
				}
				if (i == name.length()) {
					return !isNumber(name, labelStart);
				}
				labelStart = i + 1;
			}
			else if (!isAllowed(name.charAt(i))) {
				return false;
			}
		}
		return false;
	}

	/** Whether a name is a domain or stands below it; case does not matter. */
	static boolean isWithin(String name, String domain) {
		int start = name.length() - domain.length();
		return start >= 0 && name.regionMatches(true, start, domain, 0, domain.length())
				&& (start == 0 || name.charAt(start - 1) == '.');
	}

	private static boolean isAllowed(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '-' || c == '_';
	}

	private static boolean isNumber(String name, int from) {
		for (int i = from; i < name.length(); i++) {
			if (!isDigit(name.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

}
