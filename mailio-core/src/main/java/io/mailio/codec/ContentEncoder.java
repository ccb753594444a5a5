/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.buffer.ByteBuf;

import static io.mailio.codec.Newlines.CR;
import static io.mailio.codec.Newlines.LF;

/**
 * Writes the content of one message as it is sent, whatever it holds. Text: each CR or LF
 * that stands alone becomes CRLF, and the last line gets one if it has none (RFC 5321
 * section 2.3.8), so that nothing in it can end the message or begin a command. For DATA
 * a dot at the beginning of a line is doubled (section 4.5.2). Used by one thread at a
 * time, for one message.
 */
public final class ContentEncoder {

	private static final byte[] CRLF = { CR, LF };

	private static final byte[] END_OF_DATA = { '.', CR, LF };

	private final boolean dotStuffing;

	private final boolean binary;

	private boolean lineStart = true;

	/** A CR was the last octet; its CRLF is written. */
	private boolean afterCr;

	private ContentEncoder(boolean dotStuffing, boolean binary) {
		this.dotStuffing = dotStuffing;
		this.binary = binary;
	}

	/** For DATA: dots are doubled, and the end of data is written. */
	public static ContentEncoder ofData() {
		return new ContentEncoder(true, false);
	}

	/** For BDAT (RFC 3030 section 2): a dot is a dot. */
	public static ContentEncoder ofChunks() {
		return new ContentEncoder(false, false);
	}

	/** For BDAT of BINARYMIME (RFC 3030 section 3): octets stay as they are. */
	public static ContentEncoder ofBinaryChunks() {
		return new ContentEncoder(false, true);
	}

	/**
	 * Writes some content.
	 * @param octets holds the content
	 * @param from where it begins
	 * @param to where it ends
	 * @param out where it is written
	 */
	public void encode(byte[] octets, int from, int to, ByteBuf out) {
		if (this.binary) {
			out.writeBytes(octets, from, to - from);
			return;
		}
		ByteBuffer view = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
		int at = (this.afterCr && from < to && octets[from] == LF) ? from + 1 : from;
		this.afterCr &= from == to;
		int run = at;
		while (at < to) {
			if (this.lineStart && this.dotStuffing && octets[at] == '.') {
				out.writeBytes(octets, run, at - run).writeByte('.');
				run = at;
			}
			int newline = Newlines.find(view, at, to);
			this.lineStart = newline < to;
			if (newline == to) {
				break;
			}
			at = newline + 1;
			if (octets[newline] == CR && at < to && octets[at] == LF) {
				at++;
				continue;
			}
			this.afterCr = octets[newline] == CR && at == to;
			out.writeBytes(octets, run, newline - run).writeBytes(CRLF);
			run = at;
		}
		out.writeBytes(octets, run, to - run);
	}

	/**
	 * Writes what stands behind the content.
	 * @param out where it is written
	 */
	public void finish(ByteBuf out) {
		if (!this.binary && !this.lineStart) {
			out.writeBytes(CRLF);
		}
		if (this.dotStuffing) {
			out.writeBytes(END_OF_DATA);
		}
	}

}
