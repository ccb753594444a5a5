/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What happens in sessions, and what becomes of mail that is sent, told as application
 * events. Listeners are called on the handler executor or that of the relay, never on an
 * event loop, and for one session one after another in the order things happened. An
 * event that nobody listens to is not made.
 */
@NullMarked
package io.mailio.spring.event;

import org.jspecify.annotations.NullMarked;
