/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;

/**
 * How much a {@link Relay} does at a time.
 *
 * @param concurrency how many messages are under way, 1 or more
 * @param destinationConcurrency how many of them to one destination, 1 or more; fewer
 * while it has trouble
 * @param messagesPerMinute how many messages are begun for one destination in a minute, 0
 * for any number
 * @param retry when a message is tried again
 * @param delayNotice after what time a sender is told that a message waits; zero for
 * never
 */
public record RelayOptions(int concurrency, int destinationConcurrency, int messagesPerMinute, RetrySchedule retry,
		Duration delayNotice) {

	/** 200 messages, 20 to one destination; a notice after four hours. */
	public static final RelayOptions DEFAULTS = new RelayOptions(200, 20, 0, RetrySchedule.DEFAULTS,
			Duration.ofHours(4));

	public RelayOptions {
		if (concurrency < 1 || destinationConcurrency < 1 || messagesPerMinute < 0 || delayNotice.isNegative()) {
			throw new IllegalArgumentException("A relay sends at least one message at a time, at a rate and with a "
					+ "notice that are not negative");
		}
	}

}
