/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The built-in handlers of {@code connect}: whether a client waits to be greeted
 * ({@link io.mailio.plugin.connect.EarlyTalker}), and whether its names are true
 * ({@link io.mailio.plugin.connect.Rdns}).
 */
@NullMarked
package io.mailio.plugin.connect;

import org.jspecify.annotations.NullMarked;
