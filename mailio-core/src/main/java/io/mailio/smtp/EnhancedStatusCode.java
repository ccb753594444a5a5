/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import org.jspecify.annotations.Nullable;

/**
 * Subject and detail of an enhanced mail system status code (RFC 3463), for example
 * {@code 7.1}. The class, the first of the three numbers, is not kept: it is always the
 * first digit of the reply that carries the code (RFC 2034 section 4), so that the two
 * cannot disagree.
 *
 * @param subject the second number, 0 to 999
 * @param detail the third number, 0 to 999
 */
public record EnhancedStatusCode(int subject, int detail) {

	/** {@code X.0.0}: nothing more is known than the class. */
	public static final EnhancedStatusCode UNDEFINED = new EnhancedStatusCode(0, 0);

	public EnhancedStatusCode {
		if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
			throw new IllegalArgumentException(
					"subject and detail lie between 0 and 999, not " + subject + "." + detail);
		}
	}

	/**
	 * The code as it stands in a reply.
	 * @param replyCode the three-digit reply code, which gives the class
	 * @return for example {@code 5.7.1}
	 */
	public String in(int replyCode) {
		return replyCode / 100 + "." + this.subject + "." + this.detail;
	}

	/**
	 * The enhanced status code that a reply text begins with, {@code null} if it begins
	 * with none or with one of another class than the reply's.
	 */
	static @Nullable EnhancedStatusCode leading(int replyCode, String text) {
		int end = text.indexOf(' ');
		String word = (end < 0) ? text : text.substring(0, end);
		int first = word.indexOf('.');
		int second = word.indexOf('.', first + 1);
		if (first != 1 || second < 0 || word.charAt(0) - '0' != replyCode / 100) {
			return null;
		}
		int subject = number(word, first + 1, second);
		int detail = number(word, second + 1, word.length());
		return (subject < 0 || detail < 0) ? null : new EnhancedStatusCode(subject, detail);
	}

	private static int number(String word, int from, int to) {
		if (to - from < 1 || to - from > 3) {
			return -1;
		}
		int number = 0;
		for (int i = from; i < to; i++) {
			char c = word.charAt(i);
			if (c < '0' || c > '9') {
				return -1;
			}
			number = number * 10 + c - '0';
		}
		return number;
	}

}
