/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Instant;

import io.mailio.message.Content;
import io.mailio.smtp.Envelope;

/**
 * The message that a sender is told about.
 *
 * @param envelope its sender and parameters; the recipients do not matter here
 * @param content its octets, which stay the caller's
 * @param arrival when it came to us
 */
public record OriginalMessage(Envelope envelope, Content content, Instant arrival) {
}
