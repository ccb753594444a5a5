/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/**
 * Text of several words in lines that are not too long (RFC 5322 section 2.2.3).
 */
final class FoldedText {

	/** What a line should not exceed (RFC 5322 section 2.1.1). */
	private static final int WIDTH = 76;

	/** What it must not, with up to four octets a character, and some in front of it. */
	private static final int MAX_WORD = 200;

	private FoldedText() {
	}

	/**
	 * Writes text in lines, each with its CRLF.
	 * @param first what the first line begins with
	 * @param indent what all others begin with
	 * @param text words separated by spaces, without line ends; words too long for a line
	 * are divided
	 */
	static void append(StringBuilder out, String first, String indent, String text) {
		out.append(first);
		int column = first.length();
		boolean begun = false;
		for (String word : text.split(" +")) {
			for (int from = 0; from < word.length();) {
				int to = end(word, from);
				if (begun && column + 1 + to - from > WIDTH) {
					out.append("\r\n").append(indent);
					column = indent.length();
				}
				else if (begun && from == 0) {
					out.append(' ');
					column++;
				}
				out.append(word, from, to);
				column += to - from;
				begun = true;
				from = to;
			}
		}
		out.append("\r\n");
	}

	/** Where a piece of a word ends: not within a character. */
	private static int end(String word, int from) {
		int end = Math.min(word.length(), from + MAX_WORD);
		boolean within = end < word.length() && Character.isLowSurrogate(word.charAt(end));
		return within ? end - 1 : end;
	}

}
