/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Instant;
import java.util.List;

import io.mailio.smtp.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a message when it was claimed.
 *
 * @param id its name
 * @param destination what was claimed of it
 * @param lease the number of the lease
 * @param envelope sender, parameters and the recipients of the destination
 * @param numbers the numbers of these recipients
 * @param size the octets of the content
 * @param enqueued when it came
 * @param begun from when on it could be sent
 * @param attempts how often it was tried
 * @param lastAttempt when the last attempt has ended
 */
record Claimed(long id, String destination, long lease, Envelope envelope, List<Integer> numbers, long size,
		Instant enqueued, Instant begun, int attempts, @Nullable Instant lastAttempt) {
}
