/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.time.Instant;

import io.mailio.message.Content;
import io.mailio.smtp.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * The recipients of one message that wait for one destination, taken from the queue by
 * somebody who delivers to them. Nobody else gets them until {@link MessageQueue#settle}
 * or {@link MessageQueue#giveBack}; one of the two must be called, once. Safe for use by
 * several threads.
 *
 * @param id the message
 * @param destination the destination
 * @param envelope sender, parameters, and those recipients
 * @param content the octets; can be read until the claim is settled or given back.
 * Nothing needs to be released
 * @param enqueued when the message came
 * @param begun from when on it could be sent: when it came or, if it was to be sent
 * later, then. The time for which it is tried counts from here
 * @param attempts how often delivery to this destination has been tried before
 * @param lastAttempt when the last of them has ended; {@code null} if there was none
 */
public record Claim(QueueId id, String destination, Envelope envelope, Content content, Instant enqueued, Instant begun,
		int attempts, @Nullable Instant lastAttempt) {
}
