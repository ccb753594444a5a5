/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.ByteBuffer;

/** Finds line ends, sixteen octets at a time. */
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
		while (at + 2 * Long.BYTES <= to) {
			long first = marks(octets.getLong(at));
			long second = marks(octets.getLong(at + Long.BYTES));
			if ((first | second) == 0) {
				at += 2 * Long.BYTES;
				continue;
			}
			at += (first != 0) ? firstMark(first) : Long.BYTES + firstMark(second);
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

	/**
	 * Marks octets below 0x0E in their top bits. The lowest mark is right; higher ones
	 * may be borrowed.
	 */
	private static long marks(long word) {
		return (word - ABOVE_CR) & ~word & TOP_BITS;
	}

	private static int firstMark(long marks) {
		return Long.numberOfTrailingZeros(marks) >>> 3;
	}

	private static boolean isNewline(byte octet) {
		return octet == CR || octet == LF;
	}

}
