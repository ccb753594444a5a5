/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads the records of segments, the oldest first, and checks them; what they mean is
 * left to others. What is damaged is stepped over: reading goes on at the next frame that
 * is sound. Used by one thread at a time.
 */
final class SegmentReader {

	private static final int WINDOW = 1024 * 1024;

	private final Iterator<Segment> segments;

	private @Nullable Segment segment;

	private Frame.Check check = new Frame.Check(0);

	/** Where the next record begins. */
	private long at;

	SegmentReader(List<Segment> segments) {
		this.segments = segments.iterator();
	}

	/**
	 * Reads on.
	 * @param into what takes the next records
	 * @return false if there are no more
	 */
	boolean read(Stretch into) throws IOException {
		Segment current = this.segment;
		while (current == null || this.at >= current.size()) {
			if (!this.segments.hasNext()) {
				return false;
			}
			current = this.segments.next();
			this.segment = current;
			this.check = new Frame.Check(current.salt());
			this.at = Segment.HEADER;
		}
		into.load(current, this.at, WINDOW);
		while (this.at < current.size() && add(current, into)) {
			// Reads on.
		}
		return true;
	}

	/** Adds the next record; false if the stretch ends before it, or with damage. */
	private boolean add(Segment segment, Stretch stretch) throws IOException {
		boolean hasFrame = this.at + Frame.SIZE <= stretch.end();
		if (!hasFrame && stretch.end() < segment.size()) {
			return false;
		}
		int index = stretch.index(this.at);
		if (!hasFrame || !this.check.isSound(stretch.octets(), index, this.at)) {
			return damaged(segment, stretch, "no record begins here");
		}
		int length = Frame.SIZE + Frame.length(stretch.octets(), index);
		if (this.at + length > segment.size()) {
			return damaged(segment, stretch, "the record is cut off");
		}
		if (this.at + length > stretch.end()) {
			if (stretch.count() > 0) {
				return false;
			}
			stretch.load(segment, this.at, length);
			index = 0;
		}
		if (!this.check.isIntact(stretch.octets(), index)) {
			return damaged(segment, stretch, "the record has changed");
		}
		stretch.add(index);
		this.at += length;
		return true;
	}

	private boolean damaged(Segment segment, Stretch stretch, String why) throws IOException {
		long next = findFrame(segment, this.at + 1);
		stretch.damaged(new Stretch.Damage(this.at, next, why));
		this.at = next;
		return false;
	}

	private long findFrame(Segment segment, long from) throws IOException {
		Stretch search = new Stretch();
		for (long at = from; at + Frame.SIZE <= segment.size(); at++) {
			if (at == from || at + Frame.SIZE > search.end()) {
				search.load(segment, at, WINDOW);
			}
			if (this.check.isSound(search.octets(), search.index(at), at)) {
				return at;
			}
		}
		return segment.size();
	}

}
