/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The lanes of a relay: which of them can begin a message, in turn; which can when a time
 * has come; and for how many messages there is room in all. Guarded by the lock of the
 * relay. Whom it lets in is told without that lock: see {@link #takeAdmitted()}.
 */
final class Lanes {

	private final RelayOptions options;

	private final Map<String, Lane> lanes = new HashMap<>();

	/** Those that can begin a message, in turn. */
	private final Deque<Lane> line = new ArrayDeque<>();

	/** Those that can when a time has come, the earliest first. */
	private final PriorityQueue<Parked> parked = new PriorityQueue<>(Comparator.comparing(Parked::until));

	/**
	 * How much is done at present: messages that only wait to be let in elsewhere leave
	 * the room to others.
	 */
	private int busy;

	/** When lanes without work are looked through. */
	private Instant nextSweep = Instant.MIN;

	/** What those are told who were let in, or need not try. */
	private List<Runnable> admitted = new ArrayList<>();

	private boolean closed;

	private record Parked(Instant until, Lane lane) {
	}

	Lanes(RelayOptions options) {
		this.options = options;
	}

	/** The lane of a destination, made if it is not there. */
	Lane lane(String destination) {
		return this.lanes.computeIfAbsent(destination, (name) -> new Lane(name, this.options));
	}

	/** The queue has something for destinations; pauses may have ended, too. */
	void takeOn(List<String> ready, Instant now) {
		sweep(now);
		for (String destination : ready) {
			Lane lane = lane(destination);
			lane.announced();
			lineUp(lane, now);
		}
		while (!this.parked.isEmpty() && !this.parked.element().until().isAfter(now)) {
			Parked park = this.parked.remove();
			Lane lane = park.lane();
			if (park.until().equals(lane.parkedUntil())) {
				lane.parkedUntil(null);
			}
			admit(lane, now);
			lineUp(lane, now);
		}
	}

	private void sweep(Instant now) {
		if (now.isAfter(this.nextSweep)) {
			this.lanes.values().removeIf((lane) -> lane.isStale(now));
			this.nextSweep = now.plus(this.options.retry().longest());
		}
	}

	/**
	 * Lets a lane wait for its turn, or for the end of its pause, if it has reason to.
	 */
	void lineUp(Lane lane, Instant now) {
		if (!lane.isLined() && lane.isOpen(now)) {
			lane.lined(true);
			this.line.addLast(lane);
		}
		else if (lane.isPaused(now)) {
			park(lane, lane.pausedUntil(now));
		}
	}

	private void park(Lane lane, Instant until) {
		Instant before = lane.parkedUntil();
		if (before == null || until.isBefore(before)) {
			lane.parkedUntil(until);
			this.parked.add(new Parked(until, lane));
		}
	}

	/** How long until the next pause ends; empty if there is none. */
	Optional<Duration> nextPauseEnd(Instant now) {
		return Optional.ofNullable(this.parked.peek()).map((first) -> Duration.between(now, first.until()));
	}

	/**
	 * Begins a message.
	 * @return the lane whose turn it is; {@code null} if there is none, or no room
	 */
	@Nullable Lane begin(Instant now) {
		while (!this.closed && this.busy < this.options.concurrency() && !this.line.isEmpty()) {
			Lane lane = this.line.removeFirst();
			lane.lined(false);
			if (lane.isOpen(now)) {
				lane.begun(now);
				this.busy++;
				admit(lane, now);
				lineUp(lane, now);
				return lane;
			}
		}
		return null;
	}

	/** A message is over, or waits elsewhere: its place is that of the next one. */
	void ended(Lane lane, Instant now) {
		this.busy--;
		lane.ended();
		letIn(lane, now);
	}

	/** Lets in those guests that may be begun, and forgets the lane if it has no more. */
	void letIn(Lane lane, Instant now) {
		admit(lane, now);
		lineUp(lane, now);
		if (lane.isForgettable(now)) {
			this.lanes.remove(lane.destination());
		}
	}

	private void admit(Lane lane, Instant now) {
		int before = lane.active();
		this.admitted.addAll(lane.admit(now, this.closed));
		this.busy += lane.active() - before;
	}

	/** Somebody knows better than to leave a destination alone. */
	void unpause(String destination, Instant now) {
		Lane lane = this.lanes.get(destination);
		if (lane != null) {
			lane.unpaused();
			// Or it waits for the end of the pause it had, instead of its next one.
			this.parked.removeIf((park) -> park.lane() == lane);
			lane.parkedUntil(null);
			admit(lane, now);
			lineUp(lane, now);
		}
	}

	/** Who is left alone because nobody there has taken anything, and until when. */
	Map<String, Instant> paused(Instant now) {
		Map<String, Instant> paused = new TreeMap<>();
		for (Lane lane : this.lanes.values()) {
			if (lane.isUnreachable() && lane.pausedUntil(now).isAfter(now)) {
				paused.put(lane.destination(), lane.pausedUntil(now));
			}
		}
		return paused;
	}

	/** Begins nothing more, and sends away who waits to be let in. */
	void close(Instant now) {
		this.closed = true;
		this.lanes.values().forEach((lane) -> admit(lane, now));
	}

	/** What is to be run without the lock of the relay; each of it is returned once. */
	List<Runnable> takeAdmitted() {
		if (this.admitted.isEmpty()) {
			return List.of();
		}
		List<Runnable> taken = this.admitted;
		this.admitted = new ArrayList<>();
		return taken;
	}

}
