/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.ByteBuffer;

/** Finds line ends, eight octets at a time. */
final class Newlines {

	static final byte CR = '\r';

	static final byte LF = '\n';

	/** In each octet one more than CR: what is less may be CR or LF. */
	private static final long ABOVE_CR = 0x0E0E0E0E0E0E0E0EL;

	private static final long TOP_BITS = 0x8080808080808080L;

	private Newlines() {
	}

	/**
	 * The first CR or LF.
	 * @param octets a buffer in little-endian order
	 * @param from where to begin
	 * @param to where to end
	 * @return its index, {@code to} if there is none
	 */
	static int find(ByteBuffer octets, int from, int to) {
		int at = from;
		while (at + Long.BYTES <= to) {
			long word = octets.getLong(at);
			// The lowest marked octet is truly below 0x0E; higher marks may be borrowed.
			long low = (word - ABOVE_CR) & ~word & TOP_BITS;
			if (low == 0) {
				at += Long.BYTES;
				continue;
			}
			at += Long.numberOfTrailingZeros(low) >>> 3;
			if (isNewline(octets.get(at))) {
				return at;
			}
			at++;
		}
		while (at < to && !isNewline(octets.get(at))) {
			at++;
		}
		return at;
	}

	private static boolean isNewline(byte octet) {
		return octet == CR || octet == LF;
	}

}
