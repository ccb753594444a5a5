/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The built-in handlers of {@code queue}: where a complete message goes.
 * {@code queue/maildir} is {@link io.mailio.plugin.queue.Maildir}, {@code queue/discard}
 * is {@link io.mailio.plugin.queue.Discard}. Each prepares a delivery; the engine commits
 * all of them or none.
 */
@NullMarked
package io.mailio.plugin.queue;

import org.jspecify.annotations.NullMarked;
