/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.ByteBuffer;

import io.mailio.codec.BareNewline;
import io.mailio.codec.ContentDecoder;
import io.mailio.command.MailInput;
import io.mailio.session.DataClock;
import io.mailio.session.Limits;
import io.mailio.smtp.Replies;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the content of one message after the other from the octets of a connection, and
 * looks after the time that the client takes for it.
 */
final class ContentReader implements ContentDecoder.Sink {

	private final BareNewline bareNewline;

	private final Limits limits;

	private @Nullable ContentDecoder decoder;

	private @Nullable DataClock clock;

	/** Where the message that is decoded goes. */
	private @Nullable MailInput input;

	ContentReader(BareNewline bareNewline, Limits limits) {
		this.bareNewline = bareNewline;
		this.limits = limits;
	}

	/**
	 * Reads what comes behind DATA.
	 * @return whether the message is complete
	 */
	boolean readData(MailInput input, ByteBuf in, long now) {
		ContentDecoder decoder = this.decoder;
		if (decoder == null) {
			decoder = new ContentDecoder(this.bareNewline, this.limits.textLine(), this.limits.headerSize());
			this.decoder = decoder;
		}
		DataClock clock = clock(now);
		int before = in.readableBytes();
		boolean end = decode(decoder, input, in);
		clock.received(before - in.readableBytes(), now);
		if (!input.isReading()) {
			// The conversation has given the message up.
			return false;
		}
		if (end) {
			forget();
		}
		else {
			input.processed();
		}
		return end;
	}

	/**
	 * Reads the chunk and no octet more: behind it stands a command.
	 * @return whether the chunk is complete
	 */
	boolean readChunk(MailInput input, ByteBuf in, long now) {
		int count = (int) Math.min(input.missing(), in.readableBytes());
		clock(now).received(count, now);
		input.chunkRead(count);
		if (input.isContent()) {
			decode(chunkDecoder(input), input, in.readSlice(count));
		}
		else {
			in.skipBytes(count);
		}
		if (input.isContent() && !input.isReading()) {
			return false;
		}
		if (input.missing() > 0) {
			input.processed();
			return false;
		}
		if (input.isLastChunk()) {
			this.input = input;
			chunkDecoder(input).finish(this);
		}
		if (input.isLastChunk() || !input.isContent()) {
			forget();
		}
		return true;
	}

	private boolean decode(ContentDecoder decoder, MailInput input, ByteBuf in) {
		this.input = input;
		return decoder.decode(in, this);
	}

	private ContentDecoder chunkDecoder(MailInput input) {
		ContentDecoder decoder = this.decoder;
		if (decoder == null) {
			int maxHeader = this.limits.headerSize();
			decoder = input.isBinary() ? ContentDecoder.ofBinaryChunks(maxHeader)
					: ContentDecoder.ofChunks(this.bareNewline, this.limits.textLine(), maxHeader);
			this.decoder = decoder;
		}
		return decoder;
	}

	private DataClock clock(long now) {
		DataClock clock = this.clock;
		if (clock == null) {
			clock = new DataClock(this.limits, now);
			this.clock = clock;
		}
		return clock;
	}

	@Override
	public void content(ByteBuffer run) {
		MailInput input = this.input;
		if (input != null && input.isReading()) {
			input.content(run);
		}
	}

	@Override
	public void violation(ContentDecoder.Violation violation) {
		MailInput input = this.input;
		if (input != null && input.isReading()) {
			switch (violation) {
				case BARE_NEWLINE -> input.refuse(Replies.BARE_NEWLINE);
				case LINE_TOO_LONG -> input.refuse(Replies.TEXT_LINE_TOO_LONG);
				case HEADER_TOO_LARGE -> input.refuse(Replies.HEADER_TOO_LARGE);
				case RAW_HEADER -> input.rawHeader();
				case NO_HEADER -> input.noHeader();
			}
		}
	}

	/** The message is complete or given up. */
	void forget() {
		this.decoder = null;
		this.clock = null;
		this.input = null;
	}

	/** Whether a message, or octets in its place, have begun and not ended. */
	boolean isReading() {
		return this.clock != null;
	}

	/** Whether a message has begun and not ended. */
	boolean isWithinText() {
		return this.decoder != null;
	}

	/** The client had no chance to send, or has sent something else. */
	void waited(long now) {
		if (this.clock != null) {
			this.clock.received(0, now);
		}
	}

	/** The instant at which the message must be there, but not after another one. */
	long endOr(long other) {
		long end = (this.clock != null) ? this.clock.end() : other;
		return (end - other < 0) ? end : other;
	}

	/**
	 * The instant after which the message has come to nothing; another one if none has
	 * begun.
	 */
	long deadlineOr(long other, Limits current) {
		return (this.clock != null) ? this.clock.deadline(current) : other;
	}

}
