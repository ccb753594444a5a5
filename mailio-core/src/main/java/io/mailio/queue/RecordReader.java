/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

import io.mailio.message.Content;
import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Settled;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records whose place is known, and the contents of messages.
 */
final class RecordReader {

	/** Nearly all records of messages with a few recipients are shorter. */
	private static final int GUESS = 2048;

	private final ContentFiles contents;

	RecordReader(ContentFiles contents) {
		this.contents = contents;
	}

	/**
	 * Reads a message without its content.
	 * @param place where its frame begins
	 * @param length of frame, record and content
	 * @throws NoRecordException if the octets are there, but mean nothing to us
	 */
	Message message(Segment segment, int place, int length) throws IOException {
		ByteBuffer octets = read(segment, place, Math.min(length, GUESS));
		int needed = Frame.SIZE + RecordCodec.headLength(octets.slice(Frame.SIZE, octets.limit() - Frame.SIZE));
		if (needed > length) {
			throw new NoRecordException("A record that is longer than its frame");
		}
		if (needed > octets.limit()) {
			octets = read(segment, place, needed);
		}
		JournalRecord record = RecordCodec.decode(octets.slice(Frame.SIZE, needed - Frame.SIZE));
		if (!(record instanceof Message message)) {
			throw new NoRecordException("No message stands in " + segment + " at " + place);
		}
		if (!message.inFile() && message.size() != length - needed) {
			throw new NoRecordException("A content of another size than its record says");
		}
		return message;
	}

	/** Reads all octets of a record, without its frame, whatever they mean. */
	byte[] octets(Segment segment, int place, int length) throws IOException {
		return read(segment, place + Frame.SIZE, length - Frame.SIZE).array();
	}

	/** Reads what an attempt has come to. */
	Settled settled(Segment segment, int place) throws IOException {
		int length = Frame.length(read(segment, place, Frame.SIZE));
		JournalRecord record = RecordCodec.decode(read(segment, place + Frame.SIZE, length));
		if (record instanceof Settled settled) {
			return settled;
		}
		throw new NoRecordException("No attempt stands in " + segment + " at " + place);
	}

	/**
	 * Reads what has been tried before.
	 * @param last where the record of the last attempt stands; {@code null} if in the
	 * message's
	 */
	List<Attempt> history(@Nullable Segment last, int place, Message message, String destination) throws IOException {
		return (last != null) ? settled(last, place).history() : message.part(destination).history();
	}

	private static ByteBuffer read(Segment segment, int place, int length) throws IOException {
		if (length <= 0 || length > Frame.MAX_RECORD) {
			throw new IOException(segment + " is damaged at " + place);
		}
		ByteBuffer octets = ByteBuffer.allocate(length);
		segment.read(octets, place);
		return octets.flip();
	}

	/** The octets of a message, wherever they are. */
	Content content(Segment segment, int place, int length, Message message) {
		return message.inFile() ? this.contents.content(message.id(), message.size())
				: new InSegment(segment, place + length - message.size(), message.size());
	}

	private record InSegment(Segment segment, long from, long size) implements Content {

		@Override
		public InputStream openStream() {
			return new SegmentStream(this.segment, this.from, this.size);
		}

		@Override
		public void release() {
			// It goes with the message.
		}

	}

	/** Some octets of a segment; not for several threads. */
	private static final class SegmentStream extends InputStream {

		private final Segment segment;

		private final long end;

		private long at;

		SegmentStream(Segment segment, long from, long size) {
			this.segment = segment;
			this.at = from;
			this.end = from + size;
		}

		@Override
		public int read() throws IOException {
			byte[] octet = new byte[1];
			return (read(octet, 0, 1) < 0) ? -1 : octet[0] & 0xff;
		}

		@Override
		public int read(byte[] into, int offset, int length) throws IOException {
			if (length == 0) {
				return 0;
			}
			int count = (int) Math.min(length, this.end - this.at);
			if (count <= 0) {
				return -1;
			}
			this.segment.read(ByteBuffer.wrap(into, offset, count), this.at);
			this.at += count;
			return count;
		}

		@Override
		public int available() {
			return (int) Math.min(Integer.MAX_VALUE, this.end - this.at);
		}

	}

}
