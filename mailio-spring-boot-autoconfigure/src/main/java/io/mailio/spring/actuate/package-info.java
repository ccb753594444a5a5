/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Shows the queue of mail that is to be sent to those who look after the application, and
 * lets them change it.
 */
@NullMarked
package io.mailio.spring.actuate;

import org.jspecify.annotations.NullMarked;
