/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the built-in handlers have in common. Each stands in the package of its command:
 * {@code rcpt/relay} is {@link io.mailio.plugin.rcpt.Relay}.
 */
@NullMarked
package io.mailio.plugin;

import org.jspecify.annotations.NullMarked;
