/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * The text between the brackets of an address literal (RFC 5321 section 4.1.3), checked
 * without asking a resolver.
 */
final class AddressLiteral {

	private static final String IPV6_TAG = "IPv6:";

	private static final int IPV6_GROUPS = 8;

	/** {@code ::} stands for two groups of zeros or more. */
	private static final int MAX_GROUPS_BESIDE_GAP = 6;

	private AddressLiteral() {
	}

	static boolean isValid(String literal) {
		return literal.regionMatches(true, 0, IPV6_TAG, 0, IPV6_TAG.length())
				? isIpv6(literal.substring(IPV6_TAG.length())) : isIpv4(literal);
	}

	static boolean isIpv4(String text) {
		String[] numbers = text.split("\\.", -1);
		if (numbers.length != 4) {
			return false;
		}
		for (String number : numbers) {
			if (!isSnum(number)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isSnum(String number) {
		if (number.isEmpty() || number.length() > 3) {
			return false;
		}
		int value = 0;
		for (int i = 0; i < number.length(); i++) {
			char c = number.charAt(i);
			if (c < '0' || c > '9') {
				return false;
			}
			value = value * 10 + c - '0';
		}
		return value <= 255;
	}

	static boolean isIpv6(String text) {
		int gap = text.indexOf("::");
		if (gap < 0) {
			return groups(text, true) == IPV6_GROUPS;
		}
		int left = groups(text.substring(0, gap), false);
		int right = groups(text.substring(gap + 2), true);
		return left >= 0 && right >= 0 && left + right <= MAX_GROUPS_BESIDE_GAP;
	}

	/**
	 * Counts 16-bit groups; an IPv4 address at the end counts as two.
	 * @return the number of groups, negative if malformed
	 */
	private static int groups(String text, boolean ipv4Allowed) {
		if (text.isEmpty()) {
			return 0;
		}
		String[] words = text.split(":", -1);
		int count = 0;
		for (int i = 0; i < words.length; i++) {
			if (isHexGroup(words[i])) {
				count++;
			}
			else if (ipv4Allowed && i == words.length - 1 && isIpv4(words[i])) {
				count += 2;
			}
			else {
				return Integer.MIN_VALUE;
			}
		}
		return count;
	}

	private static boolean isHexGroup(String word) {
		if (word.isEmpty() || word.length() > 4) {
			return false;
		}
		for (int i = 0; i < word.length(); i++) {
			if (Character.digit(word.charAt(i), 16) < 0 || word.charAt(i) > 'f') {
				return false;
			}
		}
		return true;
	}

}
