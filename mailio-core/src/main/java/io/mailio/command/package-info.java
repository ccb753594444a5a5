/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the client may say, and what happens then. One class per verb, each in three
 * steps: <em>check</em> (syntax, limits) &rarr; <em>ask</em> (the handlers) &rarr;
 * <em>apply</em> (the effect, only after everybody agreed), so that nothing is ever
 * undone. One class per ESMTP extension, which is advertised and accepted in one place.
 * No network here: octets come and go through the {@link io.mailio.command.Wire}.
 */
@NullMarked
package io.mailio.command;

import org.jspecify.annotations.NullMarked;
