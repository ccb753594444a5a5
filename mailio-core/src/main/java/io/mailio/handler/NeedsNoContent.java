/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * Marks a {@code queue} handler that never reads the content of the message. If all
 * handlers of a session's {@code queue} chain are so marked, the content is counted and
 * not kept.
 */
public interface NeedsNoContent {

}
