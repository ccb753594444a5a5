/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.util.concurrent.CompletableFuture;

import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueId;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way into the database.
 *
 * @param message the message
 * @param content its octets, if they are few; {@code null} if they are still to be read
 * @param units how much room it takes in memory
 * @param kept completes when it is durable
 */
record Arrival(NewMessage message, byte @Nullable [] content, int units, CompletableFuture<QueueId> kept) {
}
