/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;

/**
 * Takes command lines from a buffer. A line ends with CRLF only: for each CRLF there is
 * exactly one result, whatever stands before it, and the same one however the octets
 * arrive. A line that is too long or holds a bare LF is reported as soon as that is
 * known, and skipped up to its CRLF; one that holds a bare CR is reported at its end.
 * Keeps no octets of its own and is used by one thread, for one connection.
 *
 * <p>
 * Lines are UTF-8 (RFC 6531 section 3.3). One that is not well-formed is reported at its
 * end: overlong forms, surrogates and the like are never shown to anyone.
 */
public final class LineDecoder {

	/** What was found. */
	public enum Result {

		/** A line; {@link LineDecoder#line()} has it. */
		LINE,
		/** More octets are needed. */
		INCOMPLETE,
		/** A line over the limit. */
		TOO_LONG,
		/** A line with a CR or LF that is not part of its CRLF. */
		BARE_NEWLINE,
		/** A line that is not UTF-8. */
		NOT_UTF8

	}

	/** What the JDK makes of octets that are not UTF-8. */
	private static final char REPLACEMENT = '\ufffd';

	private String line = "";

	private int scanned;

	private boolean skipping;

	private boolean skippedCr;

	private long skippedOctets;

	/**
	 * Takes the next line. What is not yet a line stays in the buffer and must be there,
	 * with more behind it, at the next call.
	 * @param in the buffer
	 * @param limit the longest line in octets, CRLF included; at least 2
	 * @return what was found
	 */
	public Result decode(ByteBuf in, int limit) {
		if (this.skipping && !skip(in)) {
			return Result.INCOMPLETE;
		}
		int start = in.readerIndex();
		int end = start + Math.min(in.readableBytes(), limit);
		int lf = (start + this.scanned < end) ? in.indexOf(start + this.scanned, end, Newlines.LF) : -1;
		if (lf < 0) {
			this.scanned = end - start;
			return (this.scanned >= limit) ? startSkipping(in, end, Result.TOO_LONG) : Result.INCOMPLETE;
		}
		if (lf == start || in.getByte(lf - 1) != Newlines.CR) {
			return startSkipping(in, lf + 1, Result.BARE_NEWLINE);
		}
		int length = lf - 1 - start;
		this.scanned = 0;
		in.readerIndex(lf + 1);
		if (in.indexOf(start, lf - 1, Newlines.CR) >= 0) {
			return Result.BARE_NEWLINE;
		}
		// As fast as ISO 8859-1 for a line of US-ASCII, in which nothing is searched,
		// too.
		String text = in.toString(start, length, StandardCharsets.UTF_8);
		if (text.indexOf(REPLACEMENT) >= 0) {
			return Result.NOT_UTF8;
		}
		this.line = text;
		return Result.LINE;
	}

	/**
	 * Skips the rest of a bad line, if one is being skipped, before something else than a
	 * line is read.
	 * @param in the buffer
	 * @return whether the bad line is over
	 */
	public boolean endBadLine(ByteBuf in) {
		this.scanned = 0;
		return !this.skipping || skip(in);
	}

	/** The line found last, without its CRLF. */
	public String line() {
		return this.line;
	}

	/**
	 * How many octets of a bad line were thrown away while its end has not been seen; 0
	 * otherwise.
	 */
	public long skippedOctets() {
		return this.skippedOctets;
	}

	private Result startSkipping(ByteBuf in, int to, Result result) {
		this.skipping = true;
		this.skippedCr = in.getByte(to - 1) == Newlines.CR;
		this.skippedOctets = to - in.readerIndex();
		this.scanned = 0;
		in.readerIndex(to);
		return result;
	}

	/** Skips to the end of a bad line; true if it was found. */
	private boolean skip(ByteBuf in) {
		while (in.isReadable()) {
			int start = in.readerIndex();
			int lf = in.indexOf(start, in.writerIndex(), Newlines.LF);
			int to = (lf < 0) ? in.writerIndex() : lf + 1;
			boolean crlf = lf >= 0 && ((lf > start) ? in.getByte(lf - 1) == Newlines.CR : this.skippedCr);
			this.skippedOctets += to - start;
			this.skippedCr = in.getByte(to - 1) == Newlines.CR;
			in.readerIndex(to);
			if (crlf) {
				this.skipping = false;
				this.skippedOctets = 0;
				return true;
			}
		}
		return false;
	}

}
