/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Messages by name. A hash table whose chains run through the messages themselves: a
 * million that wait need no million of entries. Guarded by the lock of the queue.
 */
final class MessageTable {

	private static final int SMALLEST = 64;

	/** 2^64 divided by the golden ratio: spreads names that follow each other. */
	private static final long SPREAD = 0x9E3779B97F4A7C15L;

	private @Nullable IndexedMessage[] chains = new IndexedMessage[SMALLEST];

	private int size;

	int size() {
		return this.size;
	}

	private int chain(long id) {
		return (int) ((id * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(this.chains.length)));
	}

	@Nullable IndexedMessage get(long id) {
		IndexedMessage message = this.chains[chain(id)];
		while (message != null && message.id() != id) {
			message = message.next();
		}
		return message;
	}

	/** Adds a message whose name is not there. */
	void add(IndexedMessage message) {
		if (this.size == this.chains.length) {
			resize(2 * this.chains.length);
		}
		this.size++;
		chain(message);
	}

	private void chain(IndexedMessage message) {
		int chain = chain(message.id());
		message.next(this.chains[chain]);
		this.chains[chain] = message;
	}

	/** False if it is not there. */
	boolean remove(IndexedMessage message) {
		int chain = chain(message.id());
		IndexedMessage before = null;
		IndexedMessage found = this.chains[chain];
		while (found != null && found != message) {
			before = found;
			found = found.next();
		}
		if (found == null) {
			return false;
		}
		if (before != null) {
			before.next(message.next());
		}
		else {
			this.chains[chain] = message.next();
		}
		message.next(null);
		this.size--;
		if (this.chains.length > SMALLEST && this.size < this.chains.length / 8) {
			resize(this.chains.length / 4);
		}
		return true;
	}

	private void resize(int length) {
		@Nullable IndexedMessage[] before = this.chains;
		this.chains = new IndexedMessage[Math.max(SMALLEST, length)];
		for (IndexedMessage first : before) {
			IndexedMessage message = first;
			while (message != null) {
				IndexedMessage next = message.next();
				chain(message);
				message = next;
			}
		}
	}

	/** All messages, in no order; the table must not change meanwhile. */
	Stream<IndexedMessage> stream() {
		return Arrays.stream(this.chains)
			.filter(Objects::nonNull)
			.flatMap((first) -> Stream.iterate(first, Objects::nonNull, IndexedMessage::next));
	}

}
