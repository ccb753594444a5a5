/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections, in all and by address. An IPv6 address counts as its network of 64
 * bits, because whoever has one address there has them all (RFC 4291 section 2.5.4).
 * Thread-safe.
 */
final class ConnectionLimits {

	private final int max;

	private final int maxPerAddress;

	private final AtomicInteger total = new AtomicInteger();

	private final ConcurrentMap<Network, Integer> byAddress = new ConcurrentHashMap<>();

	private record Network(boolean six, long bits) {

		/** An IPv4-mapped address is an IPv4 address to the JDK already. */
		static Network of(InetAddress address) {
			ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
			boolean six = address instanceof Inet6Address;
			return new Network(six, six ? octets.getLong() : octets.getInt());
		}

	}

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
		if (this.byAddress.merge(Network.of(address), 1, Integer::sum) > this.maxPerAddress) {
			release(address);
			return false;
		}
		return true;
	}

	/** A counted connection is closed. */
	void release(InetAddress address) {
		this.total.decrementAndGet();
		this.byAddress.computeIfPresent(Network.of(address), (key, count) -> (count == 1) ? null : count - 1);
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
