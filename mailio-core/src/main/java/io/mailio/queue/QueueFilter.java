/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import org.jspecify.annotations.Nullable;

/**
 * Which messages to list, the oldest first.
 *
 * @param destination those with recipients that wait for it; {@code null} for any
 * @param state those with recipients in this state; {@code null} for any
 * @param after those that came after this one; {@code null} to begin with the oldest
 * @param limit how many at most
 */
public record QueueFilter(@Nullable String destination, @Nullable MessageState state, @Nullable QueueId after,
		int limit) {

	public QueueFilter {
		if (limit < 1) {
			throw new IllegalArgumentException("At least one message must be asked for, not " + limit);
		}
	}

	/** The oldest messages, whatever they wait for. */
	public static QueueFilter first(int limit) {
		return new QueueFilter(null, null, null, limit);
	}

}
