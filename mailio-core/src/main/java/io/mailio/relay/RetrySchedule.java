/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a message is tried again: after the n-th attempt it waits for n times n times the
 * first interval, but not longer than the longest one, and a tenth more or less, so that
 * messages that failed together do not come back together.
 *
 * @param base the first interval
 * @param longest the longest interval
 * @param maxAge how long a message is tried before it is returned; the last attempt is
 * made then
 */
public record RetrySchedule(Duration base, Duration longest, Duration maxAge) {

	/** One minute, four minutes, nine … four hours, for two days. */
	public static final RetrySchedule DEFAULTS = new RetrySchedule(Duration.ofSeconds(60), Duration.ofHours(4),
			Duration.ofHours(48));

	private static final double JITTER = 0.1;

	public RetrySchedule {
		if (base.isNegative() || base.isZero() || longest.compareTo(base) < 0 || maxAge.isNegative()) {
			throw new IllegalArgumentException(
					"Retries have a positive first interval that is not longer than the longest: " + base + ", "
							+ longest + ", " + maxAge);
		}
	}

	/**
	 * The time of the next attempt.
	 * @param now when the last one has ended
	 * @param attempts how many there were, 1 or more
	 * @param begun from when on the message could be sent
	 * @param random for the tenth
	 */
	Instant next(Instant now, int attempts, Instant begun, RandomGenerator random) {
		double interval = Math.min(longest().toMillis(), (double) attempts * attempts * base().toMillis());
		double jittered = interval * (1 + JITTER * (2 * random.nextDouble() - 1));
		Instant next = now.plusMillis(Math.max(1, (long) jittered));
		Instant last = begun.plus(maxAge());
		return (next.isAfter(last) && now.isBefore(last)) ? last : next;
	}

	/** Whether a message that cannot be delivered now is to be returned. */
	boolean isOver(Instant now, Instant begun) {
		return !now.isBefore(begun.plus(maxAge()));
	}

}
