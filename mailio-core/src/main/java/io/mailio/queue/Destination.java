/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.EnumMap;
import java.util.Map;

/**
 * Messages that wait for one destination. It stands in a heap of its own kind by the time
 * when its first message is due. Guarded by the lock of the index.
 */
final class Destination extends DueHeap.Item {

	private final String name;

	private final DueHeap<Waiting> waiting = new DueHeap<>();

	private int held;

	private int inFlight;

	/** Whether somebody was told that it is ready and has not yet found it empty. */
	private boolean told;

	private boolean suspended;

	Destination(String name) {
		this.name = name;
	}

	String name() {
		return this.name;
	}

	@Override
	long due() {
		Waiting first = this.waiting.first();
		return (first != null) ? first.due() : Long.MAX_VALUE;
	}

	DueHeap<Waiting> waiting() {
		return this.waiting;
	}

	void addHeld(int more) {
		this.held += more;
	}

	void addInFlight(int more) {
		this.inFlight += more;
	}

	boolean isTold() {
		return this.told;
	}

	void told(boolean told) {
		this.told = told;
	}

	boolean isSuspended() {
		return this.suspended;
	}

	void suspended(boolean suspended) {
		this.suspended = suspended;
	}

	/** Whether there is no reason to remember it. */
	boolean isForgettable() {
		return this.waiting.size() == 0 && this.held == 0 && this.inFlight == 0 && !this.suspended && !this.told;
	}

	/** How many messages wait, by state. */
	Map<MessageState, Integer> counts(long now) {
		Map<MessageState, Integer> counts = new EnumMap<>(MessageState.class);
		int ready = this.waiting.countDue(now);
		put(counts, MessageState.READY, ready);
		put(counts, MessageState.DEFERRED, this.waiting.size() - ready);
		put(counts, MessageState.IN_FLIGHT, this.inFlight);
		put(counts, MessageState.HELD, this.held);
		return counts;
	}

	private static void put(Map<MessageState, Integer> counts, MessageState state, int count) {
		if (count > 0) {
			counts.put(state, count);
		}
	}

}
