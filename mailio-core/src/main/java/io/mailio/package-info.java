/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The front door: {@link io.mailio.SmtpServer} collects the options of all rooms, wires
 * them, starts and stops.
 */
@NullMarked
package io.mailio;

import org.jspecify.annotations.NullMarked;
