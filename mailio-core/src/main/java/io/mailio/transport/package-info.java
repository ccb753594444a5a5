/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Connections: octets in and out on Reactor Netty, connection limits, deadlines, the
 * graceful and the hard end. What the octets mean is decided elsewhere.
 */
@NullMarked
package io.mailio.transport;

import org.jspecify.annotations.NullMarked;
