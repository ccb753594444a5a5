/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds line ends and octets that are not US-ASCII, several octets at a time. */
final class Newlines {

	static final byte CR = '\r';

	static final byte LF = '\n';

	/** In each octet one more than CR: what is less may be CR or LF. */
	private static final long ABOVE_CR = 0x0E0E0E0E0E0E0E0EL;

	private static final long TOP_BITS = 0x8080808080808080L;

	private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;

	private static final long CRS = 0x0D0D0D0D0D0D0D0DL;

	private static final long LFS = 0x0A0A0A0A0A0A0A0AL;

	private static final VarHandle WORDS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private Newlines() {
	}

	/**
	 * The first CR or LF.
	 * @param octets the buffer
	 * @param from where to begin
	 * @param to where to end
	 * @return its index, {@code to} if there is none
	 */
	static int find(ByteBuffer octets, int from, int to) {
		int at = from;
		while (at + 2 * Long.BYTES <= to) {
			long first = marks(word(octets, at));
			long second = marks(word(octets, at + Long.BYTES));
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
	 * Whether an octet is above 127.
	 * @param octets the buffer
	 * @param from where to begin
	 * @param to where to end
	 */
	static boolean holdsRawOctet(ByteBuffer octets, int from, int to) {
		int at = from;
		long seen = 0;
		for (; at + Long.BYTES <= to; at += Long.BYTES) {
			seen |= word(octets, at);
		}
		for (; at < to; at++) {
			seen |= octets.get(at);
		}
		return (seen & TOP_BITS) != 0;
	}

	/**
	 * Marks octets below 0x0E in their top bits. The lowest mark is right; higher ones
	 * may be borrowed.
	 */
	private static long marks(long word) {
		return (word - ABOVE_CR) & ~word & TOP_BITS;
	}

	/** The index within its word of the first marked octet. */
	static int firstMark(long marks) {
		return Long.numberOfTrailingZeros(marks) >>> 3;
	}

	/**
	 * Eight octets, the first in the lowest byte; a view that a counted loop reads
	 * without checks.
	 */
	static long word(ByteBuffer octets, int at) {
		return (long) WORDS.get(octets, at);
	}

	/** Whether a word may hold a CR or LF. */
	static boolean mayHoldNewline(long word) {
		return marks(word) != 0;
	}

	/** Marks exactly the octets that are CR, in their top bits. */
	static long crs(long word) {
		return zeros(word ^ CRS);
	}

	/** Marks exactly the octets that are LF, in their top bits. */
	static long lfs(long word) {
		return zeros(word ^ LFS);
	}

	private static long zeros(long word) {
		return ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
	}

	private static boolean isNewline(byte octet) {
		return octet == CR || octet == LF;
	}

}
