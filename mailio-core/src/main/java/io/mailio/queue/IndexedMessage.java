/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A message in the index: where its record stands, and what waits. Guarded by the lock of
 * the index.
 */
final class IndexedMessage {

	private final long id;

	private final long enqueued;

	private final long size;

	private final boolean inFile;

	private Segment segment;

	private int place;

	private int length;

	private List<Waiting> waiting;

	/** The next one in the same place of the {@link MessageTable}. */
	private @Nullable IndexedMessage next;

	IndexedMessage(long id, long enqueued, long size, boolean inFile, Segment segment, int place, int length) {
		this.id = id;
		this.enqueued = enqueued;
		this.size = size;
		this.inFile = inFile;
		this.segment = segment;
		this.place = place;
		this.length = length;
		this.waiting = List.of();
	}

	@Nullable IndexedMessage next() {
		return this.next;
	}

	void next(@Nullable IndexedMessage next) {
		this.next = next;
	}

	long id() {
		return this.id;
	}

	long enqueued() {
		return this.enqueued;
	}

	/** The octets of its content. */
	long size() {
		return this.size;
	}

	boolean isInFile() {
		return this.inFile;
	}

	Segment segment() {
		return this.segment;
	}

	int place() {
		return this.place;
	}

	/** The octets of its record with the frame. */
	int length() {
		return this.length;
	}

	/** It has been written anew. */
	void moved(Segment segment, int place, int length) {
		this.segment = segment;
		this.place = place;
		this.length = length;
	}

	List<Waiting> waiting() {
		return this.waiting;
	}

	void waiting(List<Waiting> waiting) {
		this.waiting = List.copyOf(waiting);
	}

	void remove(Waiting done) {
		List<Waiting> left = new ArrayList<>(this.waiting);
		left.remove(done);
		this.waiting = List.copyOf(left);
	}

}
