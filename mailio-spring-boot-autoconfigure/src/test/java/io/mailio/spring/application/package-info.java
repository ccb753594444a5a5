/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** The application that the design promises to work as written. */
@NullMarked
package io.mailio.spring.application;

import org.jspecify.annotations.NullMarked;
