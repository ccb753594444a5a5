/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

import java.time.Duration;

/**
 * How {@code connect/early-talker} works.
 *
 * @param delay how long clients wait for the greeting, longer than zero and shorter than
 * the 5 minutes that clients wait for it (RFC 5321 section 4.5.3.2.1)
 */
public record EarlyTalkerOptions(Duration delay) {

	/** Long enough to find most of those that do not wait at all. */
	public static final Duration DEFAULT_DELAY = Duration.ofSeconds(5);

	/** How long clients wait. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	public EarlyTalkerOptions {
		if (delay.isZero() || delay.isNegative() || delay.compareTo(PATIENCE) >= 0) {
			throw new IllegalArgumentException(
					"must be longer than zero and shorter than the 5 minutes that clients wait, not " + delay);
		}
	}

	/**
	 * Five seconds.
	 * @return the default options
	 */
	public static EarlyTalkerOptions defaults() {
		return new EarlyTalkerOptions(DEFAULT_DELAY);
	}

}
