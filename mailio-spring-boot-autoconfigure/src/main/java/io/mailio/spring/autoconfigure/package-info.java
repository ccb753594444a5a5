/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Puts the server into a Spring Boot application: its properties, its beans and what to
 * do when it cannot start.
 */
@NullMarked
package io.mailio.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
