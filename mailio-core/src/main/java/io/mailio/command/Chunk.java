/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Replies;

/**
 * The argument of BDAT (RFC 3030 section 2): {@code size [LAST]}.
 *
 * @param size how many octets follow
 * @param last whether they are the last of the message
 * @param wellFormed whether nothing but LAST stands behind the size
 */
record Chunk(long size, boolean last, boolean wellFormed) {

	/** So many digits fit a {@code long}, and no message is larger. */
	private static final int MAX_DIGITS = 18;

	/**
	 * Reads the argument. As long as the size can be read, the next command can be found.
	 * @throws Refusal if it cannot
	 */
	static Chunk parse(String argument) throws Refusal {
		String text = argument.strip();
		int space = text.indexOf(' ');
		String size = (space < 0) ? text : text.substring(0, space);
		String rest = (space < 0) ? "" : text.substring(space).strip();
		boolean number = !size.isEmpty() && size.length() <= MAX_DIGITS
				&& size.chars().allMatch((c) -> c >= '0' && c <= '9');
		if (!number) {
			throw new Refusal(Replies.CHUNK_SIZE);
		}
		boolean last = rest.equalsIgnoreCase("LAST");
		return new Chunk(Long.parseLong(size), last, last || rest.isEmpty());
	}

}
