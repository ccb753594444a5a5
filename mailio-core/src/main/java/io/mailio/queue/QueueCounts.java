/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.Map;

/**
 * How much stands in a queue.
 *
 * @param messages how many messages
 * @param octets the octets of their contents
 * @param destinations for each destination with waiting recipients: how many messages
 * wait for it, by state
 */
public record QueueCounts(long messages, long octets, Map<String, Map<MessageState, Integer>> destinations) {
}
