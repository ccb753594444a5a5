/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Finds the beans and methods with {@link io.mailio.spring.SmtpHandler}, decides once how
 * each is called, and hands them to the server. What cannot be called fails here, at
 * start, and never in a session.
 */
@NullMarked
package io.mailio.spring.handler;

import org.jspecify.annotations.NullMarked;
