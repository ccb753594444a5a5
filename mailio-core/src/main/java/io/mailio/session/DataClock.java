/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * When the content of one message is late: the earliest of three deadlines. Content must
 * not pause longer than the idle time-out, must bring the minimum rate after a grace
 * period, and must end within the message time-out. All times are nanoseconds of one
 * monotonic clock.
 */
public final class DataClock {

	private static final long SECOND = 1_000_000_000L;

	private static final long GRACE = 30 * SECOND;

	private final Limits limits;

	private final long start;

	private long lastOctet;

	private long octets;

	public DataClock(Limits limits, long now) {
		this.limits = limits;
		this.start = now;
		this.lastOctet = now;
	}

	/** Some octets have arrived. */
	public void received(long count, long now) {
		this.octets += count;
		this.lastOctet = now;
	}

	/** The instant at which the whole message must be there, even if we make it wait. */
	public long end() {
		return this.start + this.limits.messageTimeout().toNanos();
	}

	/** The instant after which the message has come to nothing. */
	public long deadline() {
		return deadline(this.limits);
	}

	/**
	 * The same by other limits, which may be tighter for a while; the end of the whole
	 * message stays where it is.
	 */
	public long deadline(Limits limits) {
		long idle = this.lastOctet + limits.idleTimeout().toNanos();
		long whole = end();
		long rate = (limits.minDataRate() > 0) ? this.start + GRACE + paidFor(limits.minDataRate()) : whole;
		return earlier(earlier(idle, whole), rate);
	}

	/** The time for which the octets received so far are enough. */
	private long paidFor(long rate) {
		return (long) (this.octets / (double) rate * SECOND);
	}

	private static long earlier(long a, long b) {
		return (a - b < 0) ? a : b;
	}

}
