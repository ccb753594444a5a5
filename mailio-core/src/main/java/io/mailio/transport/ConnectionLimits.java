/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.mailio.session.ClientNetwork;

/**
 * Counts connections, in all and by {@link ClientNetwork}. Thread-safe.
 */
final class ConnectionLimits {

	private final int max;

	private final int maxPerAddress;

	private final AtomicInteger total = new AtomicInteger();

	private final ConcurrentMap<ClientNetwork, Integer> byAddress = new ConcurrentHashMap<>();

	ConnectionLimits(int max, int maxPerAddress) {
		this.max = max;
		this.maxPerAddress = maxPerAddress;
	}

	/** Counts a new connection, unless there are too many. */
	boolean tryAcquire(InetAddress address) {
		if (this.total.incrementAndGet() > this.max) {
			this.total.decrementAndGet();
			return false;
		}
		if (this.byAddress.merge(ClientNetwork.of(address), 1, Integer::sum) > this.maxPerAddress) {
			release(address);
			return false;
		}
		return true;
	}

	/** A counted connection is closed. */
	void release(InetAddress address) {
		this.total.decrementAndGet();
		this.byAddress.computeIfPresent(ClientNetwork.of(address), (key, count) -> (count == 1) ? null : count - 1);
	}

	/** How many connections there may be. */
	int max() {
		return this.max;
	}

	/** How many connections there are. */
	int total() {
		return this.total.get();
	}

}
