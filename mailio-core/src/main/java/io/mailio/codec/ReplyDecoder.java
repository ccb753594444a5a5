/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.mailio.smtp.Reply;
import io.netty.buffer.ByteBuf;

/**
 * Takes a server's replies from a buffer (RFC 5321 section 4.2.1). A line ends with CRLF
 * or, because some servers do so, with LF; all lines of a reply have the same code.
 * However the octets arrive, the result is the same. Once something else than a reply has
 * come, nobody knows where the next one begins: the decoder is of no more use. Used by
 * one thread, for one connection.
 */
public final class ReplyDecoder {

	/** What was found. */
	public enum Result {

		/** A reply; {@link ReplyDecoder#reply()} has it. */
		REPLY,
		/** More octets are needed. */
		INCOMPLETE,
		/** A line that is too long, or one too many. */
		TOO_LONG,
		/** No reply of SMTP. */
		MALFORMED

	}

	private static final int CODE_LENGTH = 3;

	private final int maxLine;

	private final int maxLines;

	private List<String> lines = new ArrayList<>(1);

	private int code;

	private int scanned;

	private String badLine = "";

	private Reply reply = new Reply(200, "Nothing yet");

	/**
	 * A decoder.
	 * @param maxLine the longest line in octets, its end included
	 * @param maxLines the most lines of one reply
	 */
	public ReplyDecoder(int maxLine, int maxLines) {
		this.maxLine = maxLine;
		this.maxLines = maxLines;
	}

	/**
	 * Takes the next reply. A line that is not complete stays in the buffer and must be
	 * there, with more behind it, at the next call.
	 * @param in the buffer
	 * @return what was found
	 */
	public Result decode(ByteBuf in) {
		while (true) {
			int start = in.readerIndex();
			int end = start + Math.min(in.readableBytes(), this.maxLine);
			int lf = (start + this.scanned < end) ? in.indexOf(start + this.scanned, end, Newlines.LF) : -1;
			if (lf < 0) {
				this.scanned = end - start;
				return (this.scanned >= this.maxLine) ? Result.TOO_LONG : Result.INCOMPLETE;
			}
			this.scanned = 0;
			int to = (lf > start && in.getByte(lf - 1) == Newlines.CR) ? lf - 1 : lf;
			String line = in.toString(start, to - start, StandardCharsets.UTF_8);
			in.readerIndex(lf + 1);
			if (!isOfReply(line)) {
				this.badLine = line;
				return Result.MALFORMED;
			}
			if (this.lines.size() == this.maxLines) {
				return Result.TOO_LONG;
			}
			this.lines.add((line.length() > CODE_LENGTH) ? line.substring(CODE_LENGTH + 1) : "");
			if (line.length() == CODE_LENGTH || line.charAt(CODE_LENGTH) == ' ') {
				this.reply = Reply.received(this.code, this.lines);
				this.lines = new ArrayList<>(1);
				return Result.REPLY;
			}
		}
	}

	/**
	 * {@code Reply-code = %x32-35 %x30-35 %x30-39}, and no other one than in the lines
	 * before; the second digit is taken as it comes.
	 */
	private boolean isOfReply(String line) {
		if (line.length() < CODE_LENGTH || line.charAt(0) < '2' || line.charAt(0) > '5') {
			return false;
		}
		int number = 0;
		for (int i = 0; i < CODE_LENGTH; i++) {
			char c = line.charAt(i);
			if (c < '0' || c > '9') {
				return false;
			}
			number = number * 10 + c - '0';
		}
		boolean same = this.lines.isEmpty() || number == this.code;
		this.code = number;
		return same
				&& (line.length() == CODE_LENGTH || line.charAt(CODE_LENGTH) == ' ' || line.charAt(CODE_LENGTH) == '-');
	}

	/** The reply found last. */
	public Reply reply() {
		return this.reply;
	}

	/** The line that belongs to no reply, empty if none has come. May hold anything. */
	public String badLine() {
		return this.badLine;
	}

}
