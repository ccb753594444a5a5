/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What stands in the queue, in memory: messages by name, and what waits by destination
 * and time. Says nothing of what is on disk. Guarded by the lock of the queue.
 */
final class Index {

	private final MessageTable messages = new MessageTable();

	private final Map<String, Destination> destinations = new HashMap<>();

	/** The names of those that are suspended: few, and asked for often. */
	private final Set<String> suspended = new TreeSet<>();

	/** Destinations that have something waiting, and that nobody was told of. */
	private final DueHeap<Destination> untold = new DueHeap<>();

	private long octets;

	@Nullable IndexedMessage find(long id) {
		return this.messages.get(id);
	}

	Stream<IndexedMessage> messages() {
		return this.messages.stream();
	}

	/** A message comes, with everything that waits. */
	void add(IndexedMessage message) {
		this.messages.add(message);
		this.octets += message.size();
		message.segment().addLive(message.length());
		for (Waiting waiting : message.waiting()) {
			if (waiting.isHeld()) {
				waiting.destination().addHeld(1);
			}
			else {
				enter(waiting);
			}
		}
	}

	/** A message has gone. */
	void remove(IndexedMessage message) {
		if (!this.messages.remove(message)) {
			return;
		}
		this.octets -= message.size();
		message.segment().removeLive(message.length());
		for (Waiting waiting : message.waiting()) {
			leave(waiting);
		}
	}

	/** Nothing waits for a destination any more; the message goes with the last one. */
	void remove(Waiting waiting) {
		leave(waiting);
		IndexedMessage message = waiting.message();
		if (message.waiting().size() > 1) {
			message.remove(waiting);
		}
		else {
			message.waiting(List.of());
			remove(message);
		}
	}

	private void leave(Waiting waiting) {
		Destination destination = waiting.destination();
		if (waiting.isInFlight()) {
			waiting.inFlight(false);
			destination.addInFlight(-1);
		}
		else if (waiting.isHeld()) {
			destination.addHeld(-1);
		}
		else {
			exit(waiting);
		}
		forget(destination);
	}

	/** Takes what is due first; {@code null} if there is nothing yet. */
	@Nullable Waiting claim(String name, long now) {
		Destination destination = this.destinations.get(name);
		if (destination == null) {
			return null;
		}
		Waiting first = destination.waiting().first();
		if (first == null || first.due() > now || destination.isSuspended()) {
			destination.told(false);
			place(destination);
			forget(destination);
			return null;
		}
		exit(first);
		first.inFlight(true);
		destination.addInFlight(1);
		return first;
	}

	/** What was in flight waits again. */
	void returned(Waiting waiting) {
		Destination destination = waiting.destination();
		waiting.inFlight(false);
		destination.addInFlight(-1);
		if (waiting.isHeld()) {
			destination.addHeld(1);
		}
		else {
			enter(waiting);
		}
	}

	/** Changes when something is due. What is in flight is due then when it returns. */
	void due(Waiting waiting, long due) {
		boolean stands = waiting.stands();
		if (stands) {
			exit(waiting);
		}
		waiting.due(due);
		if (stands) {
			enter(waiting);
		}
	}

	/** Holds or releases. What is in flight is held when it returns. */
	void held(Waiting waiting, boolean held) {
		if (waiting.isHeld() == held) {
			return;
		}
		Destination destination = waiting.destination();
		if (waiting.isInFlight()) {
			waiting.held(held);
		}
		else if (held) {
			exit(waiting);
			waiting.held(true);
			destination.addHeld(1);
		}
		else {
			waiting.held(false);
			destination.addHeld(-1);
			enter(waiting);
		}
	}

	private void enter(Waiting waiting) {
		Destination destination = waiting.destination();
		if (destination.waiting().isLast(waiting)) {
			// The destination stays where it stands.
			destination.waiting().add(waiting);
			return;
		}
		this.untold.remove(destination);
		destination.waiting().add(waiting);
		place(destination);
	}

	private void exit(Waiting waiting) {
		Destination destination = waiting.destination();
		this.untold.remove(destination);
		destination.waiting().remove(waiting);
		place(destination);
	}

	private void place(Destination destination) {
		boolean awaited = !destination.isTold() && !destination.isSuspended() && destination.waiting().size() > 0;
		if (awaited && !destination.stands()) {
			this.untold.add(destination);
		}
	}

	/** The destination of that name, made if it is not there. */
	Destination destination(String name) {
		return this.destinations.computeIfAbsent(name, Destination::new);
	}

	private void forget(Destination destination) {
		if (destination.isForgettable()) {
			this.destinations.remove(destination.name());
		}
	}

	void suspend(String name, boolean suspended) {
		Destination destination = destination(name);
		this.untold.remove(destination);
		destination.suspended(suspended);
		if (suspended) {
			this.suspended.add(name);
		}
		else {
			this.suspended.remove(name);
		}
		place(destination);
		forget(destination);
	}

	Set<String> suspended() {
		return new TreeSet<>(this.suspended);
	}

	/** Tells of the destinations that have something by now. */
	List<String> ready(long now) {
		List<String> ready = new ArrayList<>();
		for (Destination first = this.untold.first(); first != null
				&& first.due() <= now; first = this.untold.first()) {
			this.untold.remove(first);
			first.told(true);
			ready.add(first.name());
		}
		return ready;
	}

	/** When there will be something to tell. */
	OptionalLong nextReady() {
		Destination first = this.untold.first();
		return (first != null) ? OptionalLong.of(first.due()) : OptionalLong.empty();
	}

	QueueCounts counts(long now) {
		Map<String, Map<MessageState, Integer>> counts = new TreeMap<>();
		for (Destination destination : this.destinations.values()) {
			Map<MessageState, Integer> states = destination.counts(now);
			if (!states.isEmpty()) {
				counts.put(destination.name(), states);
			}
		}
		return new QueueCounts(this.messages.size(), this.octets, counts);
	}

}
