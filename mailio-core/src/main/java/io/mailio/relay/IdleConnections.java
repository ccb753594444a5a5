/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Connections that are open and that nobody uses. Whoever takes one has it alone.
 * Thread-safe.
 */
final class IdleConnections {

	private final int max;

	private final Map<SmtpTarget, Deque<ClientConnection>> byTarget = new HashMap<>();

	/** All of them, those that have waited longest first. */
	private final Set<ClientConnection> byAge = new LinkedHashSet<>();

	private boolean closed;

	/**
	 * Room for connections.
	 * @param max how many
	 */
	IdleConnections(int max) {
		this.max = max;
	}

	/** Takes the one that was used last; {@code null} if there is none. */
	synchronized @Nullable ClientConnection take(SmtpTarget target) {
		Deque<ClientConnection> found = this.byTarget.get(target);
		ClientConnection connection = (found != null) ? found.peekLast() : null;
		if (connection != null) {
			remove(connection);
		}
		return connection;
	}

	/**
	 * Keeps one.
	 * @return the one that there is no room for, {@code null} if there is
	 */
	synchronized @Nullable ClientConnection put(ClientConnection connection) {
		if (this.closed || this.max == 0) {
			return connection;
		}
		this.byAge.add(connection);
		this.byTarget.computeIfAbsent(connection.target(), (target) -> new ArrayDeque<>(2)).addLast(connection);
		if (this.byAge.size() <= this.max) {
			return null;
		}
		Iterator<ClientConnection> oldest = this.byAge.iterator();
		ClientConnection surplus = oldest.next();
		remove(surplus);
		return surplus;
	}

	/** Whether it was there. */
	synchronized boolean remove(ClientConnection connection) {
		boolean found = this.byAge.remove(connection);
		Deque<ClientConnection> same = this.byTarget.get(connection.target());
		if (found && same != null) {
			same.remove(connection);
			if (same.isEmpty()) {
				this.byTarget.remove(connection.target());
			}
		}
		return found;
	}

	/** Keeps none any more. */
	synchronized List<ClientConnection> close() {
		this.closed = true;
		List<ClientConnection> all = List.copyOf(this.byAge);
		this.byAge.clear();
		this.byTarget.clear();
		return all;
	}

	synchronized int size() {
		return this.byAge.size();
	}

}
