/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Records that stand one behind the other in a segment, with all their octets, and the
 * damage behind the last of them. Used again and again, by one thread at a time.
 */
final class Stretch {

	private ByteBuffer octets = ByteBuffer.allocate(0);

	/** The same octets, of which a record is shown. */
	private ByteBuffer record = this.octets.duplicate();

	private @Nullable Segment segment;

	/** Where the octets begin in the segment. */
	private long base;

	/** Where the frames of records begin in the octets. */
	private int[] frames = new int[256];

	private int count;

	private @Nullable Damage damage;

	/**
	 * Octets that are no record.
	 *
	 * @param from where they begin in the segment
	 * @param to where they end
	 * @param why what is wrong with them
	 */
	record Damage(long from, long to, String why) {
	}

	/** Takes octets of a segment, as many as there are; there are no records yet. */
	void load(Segment segment, long from, int length) throws IOException {
		int most = (int) Math.min(length, segment.size() - from);
		if (this.octets.capacity() < most) {
			// The system copies what it reads into direct buffers only.
			this.octets = ByteBuffer.allocateDirect(most);
			this.record = this.octets.duplicate();
		}
		this.octets.clear().limit(most);
		segment.read(this.octets, from);
		this.segment = segment;
		this.base = from;
		this.count = 0;
		this.damage = null;
	}

	/** All octets; a record behind the last one may be there in part. */
	ByteBuffer octets() {
		return this.octets;
	}

	/** Where the octets end in the segment. */
	long end() {
		return this.base + this.octets.limit();
	}

	/** Where an octet of the segment stands in the octets. */
	int index(long place) {
		return (int) (place - this.base);
	}

	void add(int frame) {
		if (this.count == this.frames.length) {
			this.frames = Arrays.copyOf(this.frames, 2 * this.count);
		}
		this.frames[this.count++] = frame;
	}

	void damaged(Damage damage) {
		this.damage = damage;
	}

	Segment segment() {
		if (this.segment == null) {
			throw new IllegalStateException("Nothing was read");
		}
		return this.segment;
	}

	int count() {
		return this.count;
	}

	/** Where a record's frame stands in the segment. */
	int place(int number) {
		return (int) this.base + this.frames[number];
	}

	/** Octets of frame and record. */
	int length(int number) {
		return Frame.SIZE + Frame.length(this.octets, this.frames[number]);
	}

	/** The octets of a record without its frame, good until the next one is asked for. */
	ByteBuffer record(int number) {
		int frame = this.frames[number];
		return this.record.limit(frame + length(number)).position(frame + Frame.SIZE);
	}

	/** What is wrong behind the last record, {@code null} if nothing. */
	@Nullable Damage damage() {
		return this.damage;
	}

}
