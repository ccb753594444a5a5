/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one segment from its beginning to its end. What is damaged is
 * stepped over: reading goes on at the next frame that is sound.
 */
final class SegmentReader {

	/** Hears of everything that stands in a segment. */
	interface Visitor {

		/**
		 * A record.
		 * @param place where its frame begins
		 * @param length of the frame and everything in it
		 */
		void record(Segment segment, int place, int length, JournalRecord record) throws IOException;

		/**
		 * Octets that are no record.
		 * @param last whether nothing stands behind them
		 */
		void damaged(Segment segment, long from, long to, boolean last, String why) throws IOException;

	}

	private static final int WINDOW = 1024 * 1024;

	private final Segment segment;

	private final Visitor visitor;

	private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);

	/** Where the window begins in the file. */
	private long base;

	SegmentReader(Segment segment, Visitor visitor) {
		this.segment = segment;
		this.visitor = visitor;
	}

	void read() throws IOException {
		long at = Segment.HEADER;
		while (at < this.segment.size()) {
			String damage = readRecord(at);
			if (damage == null) {
				at += Frame.SIZE + Frame.length(look(at, Frame.SIZE));
			}
			else {
				long next = findFrame(at + 1);
				this.visitor.damaged(this.segment, at, next, next == this.segment.size(), damage);
				at = next;
			}
		}
	}

	/** Tells of the record at a place, or says why there is none. */
	private @Nullable String readRecord(long at) throws IOException {
		if (!isFrame(at)) {
			return "no record begins here";
		}
		int length = Frame.length(look(at, Frame.SIZE));
		if (at + Frame.SIZE + length > this.segment.size()) {
			return "the record is cut off";
		}
		ByteBuffer all = look(at, Frame.SIZE + length);
		ByteBuffer body = all.slice(all.position() + Frame.SIZE, length);
		CRC32C checksum = Frame.salted(this.segment.salt());
		checksum.update(body.duplicate());
		if ((int) checksum.getValue() != Frame.checksum(all)) {
			return "the record has changed";
		}
		JournalRecord record;
		try {
			record = RecordCodec.decode(body);
		}
		catch (IOException ex) {
			return ex.getMessage();
		}
		this.visitor.record(this.segment, (int) at, Frame.SIZE + length, record);
		return null;
	}

	private boolean isFrame(long at) throws IOException {
		return at + Frame.SIZE <= this.segment.size() && Frame.isSound(this.segment.salt(), at, look(at, Frame.SIZE));
	}

	private long findFrame(long from) throws IOException {
		for (long at = from; at + Frame.SIZE <= this.segment.size(); at++) {
			if (isFrame(at)) {
				return at;
			}
		}
		return this.segment.size();
	}

	/** Shows octets of the file; good until the next look. */
	private ByteBuffer look(long at, int length) throws IOException {
		if (at < this.base || at + length > this.base + this.window.limit()) {
			load(at, length);
		}
		return this.window.slice((int) (at - this.base), length);
	}

	private void load(long at, int length) throws IOException {
		if (length > this.window.capacity()) {
			this.window = ByteBuffer.wrap(Arrays.copyOf(this.window.array(), length));
		}
		this.window.clear();
		this.window.limit((int) Math.min(this.window.capacity(), this.segment.size() - at));
		this.segment.read(this.window, at);
		this.window.flip();
		this.base = at;
	}

}
