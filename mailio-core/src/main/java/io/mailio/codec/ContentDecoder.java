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
 * Takes the content of one message from a stream of octets. Content of DATA: removes
 * dot-stuffing and finds the end, CRLF dot CRLF and nothing else (RFC 5321 sections
 * 4.1.1.4 and 4.5.2). Content of BDAT ({@link #ofChunks}): a dot is a dot, and the caller
 * knows the end. Content is handed on in runs as long as the buffer allows. Used by one
 * thread, for one message.
 */
public final class ContentDecoder {

	/** What content may hold that it should not. */
	public enum Violation {

		/** A CR or LF that is not part of a CRLF, where that is not allowed. */
		BARE_NEWLINE,
		/** A line over the limit. */
		LINE_TOO_LONG,
		/** A header section over the limit. */
		HEADER_TOO_LARGE,
		/** An octet above 127 in a header field. */
		RAW_HEADER,
		/** The first line is no header field: all of it is body. */
		NO_HEADER

	}

	/** Where content goes; called within {@link ContentDecoder#decode}. */
	public interface Sink {

		/**
		 * Some content, its dot-stuffing removed. The buffer is valid until this returns.
		 */
		void content(ByteBuffer run);

		/** The content is not as it should be; told once or more. */
		void violation(Violation violation);

	}

	private enum State {

		/** At the beginning of a line. */
		LINE_START,
		/** Within a line. */
		TEXT,
		/** After a CR. */
		AFTER_CR,
		/** After a dot at the beginning of a line. */
		DOT,
		/** After a dot at the beginning of a line and a CR. */
		DOT_CR

	}

	private static final byte[] CRLF = { CR, LF };

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final boolean dotStuffed;

	private final BareNewline bareNewline;

	private final long maxLine;

	private final int maxHeader;

	private State state = State.LINE_START;

	private FieldPart fieldPart = FieldPart.FIRST_LINE;

	private boolean rawHeader;

	private boolean inHeader = true;

	private long headerOctets;

	/** Octets of the current line that stood in earlier buffers. */
	private long carried;

	private int lineStart;

	private int runStart;

	/**
	 * A decoder for one message of DATA.
	 * @param bareNewline what becomes of a bare CR or LF
	 * @param maxLine the longest line in octets, CRLF included, the dot of dot-stuffing
	 * not (section 4.5.3.1.6)
	 * @param maxHeader the largest header section in octets, the empty line behind it
	 * included
	 */
	public ContentDecoder(BareNewline bareNewline, int maxLine, int maxHeader) {
		this(true, bareNewline, maxLine, maxHeader);
	}

	private ContentDecoder(boolean dotStuffed, BareNewline bareNewline, long maxLine, int maxHeader) {
		this.dotStuffed = dotStuffed;
		this.bareNewline = bareNewline;
		this.maxLine = maxLine;
		this.maxHeader = maxHeader;
	}

	/**
	 * A decoder for one message of BDAT, whatever chunks it comes in (RFC 3030 section
	 * 2).
	 * @param bareNewline what becomes of a bare CR or LF
	 * @param maxLine the longest line in octets, CRLF included
	 * @param maxHeader the largest header section in octets, the empty line behind it
	 * included
	 * @return the decoder, whose {@link #decode} takes everything and finds no end
	 */
	public static ContentDecoder ofChunks(BareNewline bareNewline, int maxLine, int maxHeader) {
		return new ContentDecoder(false, bareNewline, maxLine, maxHeader);
	}

	/**
	 * A decoder for one message of BDAT that is not text: CR and LF are octets like any
	 * others, and a line may be of any length (RFC 3030 section 3).
	 * @param maxHeader the largest header section in octets
	 * @return the decoder
	 */
	public static ContentDecoder ofBinaryChunks(int maxHeader) {
		return new ContentDecoder(false, BareNewline.ALLOW, Long.MAX_VALUE, maxHeader);
	}

	/**
	 * Takes content from a buffer: all of it, or up to the end of the message. What
	 * stands behind the end stays in the buffer.
	 * @param in the buffer
	 * @param sink where content goes
	 * @return whether the end was found
	 */
	public boolean decode(ByteBuf in, Sink sink) {
		int length = in.readableBytes();
		ByteBuffer view = view(in, length).order(ByteOrder.LITTLE_ENDIAN);
		this.lineStart = 0;
		this.runStart = 0;
		int at = 0;
		while (at < length) {
			switch (this.state) {
				case LINE_START -> {
					if (this.dotStuffed && view.get(at) == '.') {
						emit(view, at, sink);
						at++;
						this.runStart = at;
						// RFC 5321 section 4.5.3.1.6: the added dot does not count.
						this.lineStart = at;
						this.state = State.DOT;
					}
					else {
						this.state = State.TEXT;
					}
				}
				case TEXT -> at = text(view, at, length, sink);
				case AFTER_CR -> {
					if (view.get(at) == LF) {
						at++;
						endOfLine(view, at, 0, sink);
						this.state = State.LINE_START;
					}
					else {
						bareCr(view, at, sink);
						this.state = State.TEXT;
					}
				}
				case DOT -> {
					if (view.get(at) == CR) {
						at++;
						this.runStart = at;
						this.state = State.DOT_CR;
					}
					else {
						this.state = State.TEXT;
					}
				}
				case DOT_CR -> {
					if (view.get(at) == LF) {
						in.skipBytes(at + 1);
						return true;
					}
					sink.content(ByteBuffer.wrap(CRLF, 0, 1));
					bareCr(view, at, sink);
					this.state = State.TEXT;
				}
			}
		}
		emit(view, length, sink);
		if (this.inHeader) {
			this.fieldPart = fieldPart(view, length);
		}
		carry(length, sink);
		in.skipBytes(length);
		return false;
	}

	/** Its own view of the octets: a buffer of one piece has one to slice. */
	private static ByteBuffer view(ByteBuf in, int length) {
		int start = in.readerIndex();
		return (in.nioBufferCount() == 1) ? in.internalNioBuffer(start, length).slice() : in.nioBuffer(start, length);
	}

	/**
	 * The message of BDAT is complete, perhaps in the midst of a line.
	 * @param sink where content goes
	 */
	public void finish(Sink sink) {
		this.lineStart = 0;
		this.runStart = 0;
		if (this.state == State.AFTER_CR) {
			bareCr(NOTHING, 0, sink);
		}
		if (this.carried > 0) {
			if (isFirstLine()) {
				// Two octets without a CRLF are no empty line.
				endOfFirstLine(this.fieldPart, sink);
			}
			endOfLine(NOTHING, 0, 0, sink);
		}
	}

	/** Runs through lines as long as nothing but CRLF without a following dot comes. */
	private int text(ByteBuffer view, int from, int length, Sink sink) {
		int at = from;
		while (this.state == State.TEXT) {
			if (!this.inHeader) {
				at = lines(view, at, length, sink);
				if (this.state != State.TEXT) {
					return at;
				}
			}
			int start = at;
			at = Newlines.find(view, at, length);
			if (this.inHeader && !this.rawHeader && Newlines.holdsRawOctet(view, start, at)) {
				this.rawHeader = fieldPart(view, at) == FieldPart.VALUE;
				if (this.rawHeader) {
					sink.violation(Violation.RAW_HEADER);
				}
			}
			if (at == length) {
				return at;
			}
			if (view.get(at) == LF) {
				bareLf(view, at, sink);
				at++;
			}
			else if (at + 2 < length && view.get(at + 1) == LF) {
				at += 2;
				endOfLine(view, at, 0, sink);
				if (this.dotStuffed && view.get(at) == '.') {
					this.state = State.LINE_START;
				}
			}
			else {
				this.state = State.AFTER_CR;
				at++;
			}
		}
		return at;
	}

	/**
	 * Runs through well-formed lines of the body, eight octets at a time: each LF must
	 * stand behind a CR and each CR before an LF. Stops before anything that needs a
	 * closer look, and near the end of the buffer.
	 * @return where to look closer
	 */
	private int lines(ByteBuffer view, int from, int length, Sink sink) {
		long lineStart = this.lineStart - this.carried;
		int stop = length - Long.BYTES;
		int at = from;
		long lastCr = 0;
		for (; at < stop; at += Long.BYTES) {
			long word = Newlines.word(view, at);
			if (lastCr == 0 && !Newlines.mayHoldNewline(word)) {
				continue;
			}
			long crs = Newlines.crs(word);
			long lfs = Newlines.lfs(word);
			if (lfs != ((crs << Byte.SIZE) | lastCr)) {
				break;
			}
			lastCr = crs >>> (Long.SIZE - Byte.SIZE);
			for (; lfs != 0; lfs &= lfs - 1) {
				int end = at + 1 + Newlines.firstMark(lfs);
				if (end - lineStart > this.maxLine) {
					sink.violation(Violation.LINE_TOO_LONG);
				}
				lineStart = end;
				if (this.dotStuffed && view.get(end) == '.') {
					this.state = State.LINE_START;
					startLine(lineStart);
					return end;
				}
			}
		}
		startLine(lineStart);
		return (lastCr != 0) ? at - 1 : at;
	}

	/**
	 * The current line began at an index, which lies before the buffer if it is negative.
	 */
	private void startLine(long index) {
		this.lineStart = (int) Math.max(0, index);
		this.carried = this.lineStart - index;
	}

	/**
	 * A line ends before an index.
	 * @param added octets of its CRLF that the client did not send
	 */
	private void endOfLine(ByteBuffer view, int end, int added, Sink sink) {
		long octets = this.carried + end - this.lineStart + added;
		if (isFirstLine() && octets != CRLF.length) {
			endOfFirstLine(fieldPart(view, end), sink);
		}
		this.carried = 0;
		this.lineStart = end;
		this.fieldPart = FieldPart.LINE;
		if (octets > this.maxLine) {
			sink.violation(Violation.LINE_TOO_LONG);
		}
		if (this.inHeader) {
			this.headerOctets += octets;
			this.inHeader = octets != CRLF.length;
			if (this.headerOctets > this.maxHeader) {
				sink.violation(Violation.HEADER_TOO_LARGE);
				this.inHeader = false;
			}
		}
	}

	private boolean isFirstLine() {
		return this.inHeader && this.headerOctets == 0;
	}

	/** The first line, which is not empty, is complete. */
	private void endOfFirstLine(FieldPart part, Sink sink) {
		if (!part.beginsHeader()) {
			this.inHeader = false;
			sink.violation(Violation.NO_HEADER);
		}
	}

	/**
	 * What the current line is, by its octets before an index. One that is no field is no
	 * header for those who read the message, either, and may hold anything.
	 */
	private FieldPart fieldPart(ByteBuffer view, int to) {
		FieldPart part = this.fieldPart;
		for (int i = this.lineStart; i < to && !part.isSettled(); i++) {
			part = part.with(view.get(i));
		}
		return part;
	}

	/**
	 * The buffer ends within a line. Binary content may be one line without an end, which
	 * is too large a header only if it is one.
	 */
	private void carry(int length, Sink sink) {
		this.carried += length - this.lineStart;
		if (this.carried > this.maxLine) {
			sink.violation(Violation.LINE_TOO_LONG);
		}
		if (!this.dotStuffed && this.inHeader && this.headerOctets + this.carried > this.maxHeader
				&& (this.headerOctets > 0 || this.fieldPart.beginsHeader())) {
			sink.violation(Violation.HEADER_TOO_LARGE);
			this.inHeader = false;
		}
	}

	/**
	 * The LF at an index stands alone. Where it is taken, the limits see a line end; a
	 * dot behind it is content all the same.
	 */
	private void bareLf(ByteBuffer view, int at, Sink sink) {
		switch (this.bareNewline) {
			case REJECT -> sink.violation(Violation.BARE_NEWLINE);
			case FIX -> {
				emit(view, at, sink);
				sink.content(ByteBuffer.wrap(CRLF));
				this.runStart = at + 1;
				endOfLine(view, at + 1, 1, sink);
			}
			case ALLOW -> endOfLine(view, at + 1, 1, sink);
		}
	}

	/** The CR before an index stands alone; it has been, or will be, handed on. */
	private void bareCr(ByteBuffer view, int at, Sink sink) {
		switch (this.bareNewline) {
			case REJECT -> sink.violation(Violation.BARE_NEWLINE);
			case FIX -> {
				emit(view, at, sink);
				sink.content(ByteBuffer.wrap(CRLF, 1, 1));
				this.runStart = at;
				endOfLine(view, at, 1, sink);
			}
			case ALLOW -> {
			}
		}
	}

	private void emit(ByteBuffer view, int to, Sink sink) {
		if (to > this.runStart) {
			sink.content(view.limit(to).position(this.runStart));
			view.clear();
			this.runStart = to;
		}
	}

}
