/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What one connection knows: how far it has come, its transaction, the client, counters
 * and limits. Pure transitions between values, no I/O and no threads.
 */
@NullMarked
package io.mailio.session;

import org.jspecify.annotations.NullMarked;
