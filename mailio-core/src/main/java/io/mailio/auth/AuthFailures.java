/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.mailio.session.ClientNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed authentications by {@link ClientNetwork}, over all connections and
 * listeners, within a window that begins with the first. Whoever succeeds is not
 * forgiven: one account of one's own would be enough to guess others. Memory is bounded:
 * beyond {@value #MAX_NETWORKS} networks the oldest is forgotten. Thread-safe.
 */
public final class AuthFailures {

	static final int MAX_NETWORKS = 10_000;

	private final int limit;

	private final long window;

	private final LongSupplier clock;

	/** In the order of their windows. */
	private final Map<ClientNetwork, Window> windows = new LinkedHashMap<>();

	AuthFailures(int limit, Duration window) {
		this(limit, window, System::nanoTime);
	}

	AuthFailures(int limit, Duration window, LongSupplier clock) {
		this.limit = limit;
		this.window = window.toNanos();
		this.clock = clock;
	}

	/** Whether there were so many that nobody is to be asked any more. */
	public synchronized boolean isBlocked(InetAddress client) {
		Window current = current(ClientNetwork.of(client));
		return current != null && current.failures >= this.limit;
	}

	/**
	 * Counts a failure.
	 * @return how many there were within the window, this one included
	 */
	public synchronized int add(InetAddress client) {
		forgetOld();
		ClientNetwork network = ClientNetwork.of(client);
		Window current = this.windows.computeIfAbsent(network, (key) -> new Window(this.clock.getAsLong()));
		if (this.windows.size() > MAX_NETWORKS) {
			Iterator<Window> oldest = this.windows.values().iterator();
			oldest.next();
			oldest.remove();
		}
		current.failures++;
		return current.failures;
	}

	private @Nullable Window current(ClientNetwork network) {
		forgetOld();
		return this.windows.get(network);
	}

	/** The oldest stand first: looks no further than the first that still counts. */
	private void forgetOld() {
		long now = this.clock.getAsLong();
		Iterator<Window> oldest = this.windows.values().iterator();
		while (oldest.hasNext() && now - oldest.next().start >= this.window) {
			oldest.remove();
		}
	}

	synchronized int networks() {
		return this.windows.size();
	}

	private static final class Window {

		private final long start;

		private int failures;

		private Window(long start) {
			this.start = start;
		}

	}

}
