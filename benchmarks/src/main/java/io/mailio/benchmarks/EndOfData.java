/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a message, {@code CRLF.CRLF}, in data that arrives in pieces cut at
 * any place (RFC 5321 section 4.1.1.4). Lines are not looked at: eight bytes at once are
 * asked for an LF that is followed by a dot, which ordinary text hardly ever has, so the
 * search runs over whole messages without a mispredicted branch.
 * <p>
 * One object serves the messages of one connection, one after the other.
 */
final class EndOfData {

	/** Eight bytes as a number; the order of the bytes does not matter to the search. */
	private static final VarHandle WORDS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final byte[] END = { '\r', '\n', '.', '\r', '\n' };

	private static final int CRLF = 2;

	private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;

	private static final long DOTS = 0x2E2E2E2E2E2E2E2EL;

	private static final long LOW_BITS = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	/** How many bytes of {@link #END} the data so far ends with. */
	private int matched;

	/**
	 * Begins a message. The CRLF of the DATA command counts as the first one of the end,
	 * so that a lone dot ends an empty message.
	 */
	void begin() {
		this.matched = CRLF;
	}

	/**
	 * Skips the data of the present message.
	 * @param in what was received; read up to the end of the message, or entirely
	 * @return whether the end was found
	 */
	boolean skip(ByteBuf in) {
		ByteBuffer bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
		int end = bytes.limit();
		int index = bytes.position();
		while (index < end) {
			if (this.matched == 0) {
				index = candidate(bytes, index, end);
			}
			byte next = bytes.get(index++);
			if (next != END[this.matched]) {
				this.matched = (next == '\r') ? 1 : 0;
			}
			else if (++this.matched == END.length) {
				in.skipBytes(index - bytes.position());
				return true;
			}
		}
		in.skipBytes(in.readableBytes());
		return false;
	}

	/**
	 * The place from which the bytes have to be looked at one by one: before a possible
	 * end of data, or near the end of the buffer.
	 */
	private static int candidate(ByteBuffer bytes, int start, int end) {
		int last = end - 2 * Long.BYTES;
		int index = start;
		// A counted loop on a view: the compiler takes the bounds checks out of it.
		for (; index < last; index += 2 * Long.BYTES) {
			if ((lineFeedDot(bytes, index) | lineFeedDot(bytes, index + Long.BYTES)) != 0) {
				break;
			}
		}
		// The CR of the LF at index is the byte before.
		return Math.max(start, index - 1);
	}

	/**
	 * Not 0 if one of the eight bytes from {@code index} is an LF with a dot after it.
	 */
	private static long lineFeedDot(ByteBuffer bytes, int index) {
		long zeroIfPair = ((long) WORDS.get(bytes, index) ^ LINE_FEEDS) | ((long) WORDS.get(bytes, index + 1) ^ DOTS);
		return (zeroIfPair - LOW_BITS) & ~zeroIfPair & HIGH_BITS;
	}

}
