/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The durable shelf between accepting a message and delivering it. A message stands here
 * once, with a state for each destination of its recipients; whoever delivers claims the
 * recipients of one destination, and says what has become of them.
 * {@link io.mailio.queue.FileQueue} keeps everything in a journal of its own; the instant
 * of acceptance, the layout and what a crash leaves are described in
 * {@code docs/queue.md}.
 */
@NullMarked
package io.mailio.queue;

import org.jspecify.annotations.NullMarked;
