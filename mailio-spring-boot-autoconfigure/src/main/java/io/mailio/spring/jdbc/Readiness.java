/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node knows of the destinations that have something waiting, so that it need
 * not ask the database: when they will have something to be claimed, and whether somebody
 * was told so. It may expect too much, since other nodes claim, too; whoever finds
 * nothing corrects it. Safe for use by several threads.
 */
final class Readiness {

	private static final Logger logger = LoggerFactory.getLogger(Readiness.class);

	private final ReentrantLock lock = new ReentrantLock();

	// The rest is guarded by the lock.

	private final Map<String, Expected> destinations = new HashMap<>();

	/** Those that nobody was told of and that are not suspended. */
	private final TreeSet<Expected> untold = new TreeSet<>(
			Comparator.comparing(Expected::at).thenComparing(Expected::destination));

	private Set<String> suspended = Set.of();

	private long changes;

	/** When somebody asks again by himself. */
	private Instant asksAt = Instant.MAX;

	private Runnable listener = () -> {
	};

	/** A destination. Its time changes only while it does not stand in the set. */
	private static final class Expected {

		private final String destination;

		private Instant at = Instant.MAX;

		private boolean told;

		/** Of what was expected last. */
		private long version;

		Expected(String destination) {
			this.destination = destination;
		}

		String destination() {
			return this.destination;
		}

		Instant at() {
			return this.at;
		}

	}

	/** Something will be there to be claimed. */
	void expect(String destination, Instant at) {
		this.lock.lock();
		try {
			Expected expected = this.destinations.computeIfAbsent(destination, Expected::new);
			expected.version = ++this.changes;
			if (at.isBefore(expected.at)) {
				set(expected, at);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What is to be given to {@link #correct} by who looks meanwhile. */
	long version(String destination) {
		this.lock.lock();
		try {
			Expected expected = this.destinations.get(destination);
			return (expected != null) ? expected.version : 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Somebody has looked.
	 * @param at when something will be there, {@code null} if nothing is known of
	 * @param version what was known before: what was expected since then stands
	 */
	void correct(String destination, @Nullable Instant at, long version) {
		this.lock.lock();
		try {
			Expected expected = this.destinations.computeIfAbsent(destination, Expected::new);
			Instant found = (at != null) ? at : Instant.MAX;
			if (expected.version == version || found.isBefore(expected.at)) {
				set(expected, found);
			}
			forget(expected);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void set(Expected expected, Instant at) {
		this.untold.remove(expected);
		expected.at = at;
		place(expected);
	}

	private void place(Expected expected) {
		if (!expected.told && expected.at.isBefore(Instant.MAX) && !this.suspended.contains(expected.destination)) {
			this.untold.add(expected);
		}
	}

	private void forget(Expected expected) {
		if (!expected.told && expected.at.equals(Instant.MAX)) {
			this.destinations.remove(expected.destination);
		}
	}

	/** Tells of the destinations that have something by now. */
	List<String> ready(Instant now) {
		List<String> ready = new ArrayList<>();
		this.lock.lock();
		try {
			while (!this.untold.isEmpty() && !this.untold.first().at.isAfter(now)) {
				Expected first = this.untold.pollFirst();
				first.told = true;
				first.at = Instant.MAX;
				ready.add(first.destination);
			}
		}
		finally {
			this.lock.unlock();
		}
		return ready;
	}

	/** Whether somebody was told, and has not found it empty. */
	boolean isTold(String destination) {
		this.lock.lock();
		try {
			Expected expected = this.destinations.get(destination);
			return expected != null && expected.told;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whoever was told has found nothing. */
	void exhausted(String destination) {
		this.lock.lock();
		try {
			Expected expected = this.destinations.get(destination);
			if (expected != null && expected.told) {
				expected.told = false;
				place(expected);
				forget(expected);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** When there will be something to tell; whoever asks will ask again then. */
	Optional<Instant> next() {
		this.lock.lock();
		try {
			Optional<Instant> next = this.untold.isEmpty() ? Optional.empty() : Optional.of(this.untold.first().at);
			this.asksAt = next.orElse(Instant.MAX);
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	void listener(Runnable listener) {
		this.lock.lock();
		try {
			this.listener = listener;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Calls the listener if there is something to tell before he asks. */
	void tell() {
		Runnable told = null;
		this.lock.lock();
		try {
			if (!this.untold.isEmpty() && this.untold.first().at.isBefore(this.asksAt)) {
				this.asksAt = this.untold.first().at;
				told = this.listener;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (told != null) {
			run(told);
		}
	}

	/** Whoever writes to the database goes on, whatever becomes of it. */
	private static void run(Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("Whoever delivers could not be told that there is something to deliver", ex);
		}
	}

	/** Which destinations are suspended from now on. */
	void suspended(Collection<String> suspended) {
		this.lock.lock();
		try {
			if (this.suspended.size() == suspended.size() && this.suspended.containsAll(suspended)) {
				return;
			}
			Set<String> changed = new TreeSet<>(this.suspended);
			changed.addAll(suspended);
			this.suspended = Set.copyOf(suspended);
			for (String destination : changed) {
				Expected expected = this.destinations.get(destination);
				if (expected != null) {
					this.untold.remove(expected);
					place(expected);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	Set<String> suspended() {
		this.lock.lock();
		try {
			return this.suspended;
		}
		finally {
			this.lock.unlock();
		}
	}

}
