/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How clients log in with Spring Security, where that is on the class path: its beans
 * check passwords and bearer tokens, and handlers are called with its security context.
 */
@NullMarked
package io.mailio.spring.security;

import org.jspecify.annotations.NullMarked;
