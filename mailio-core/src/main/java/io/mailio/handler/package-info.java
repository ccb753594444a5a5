/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The public extension API: what a handler gets, what it may answer, where it stands in
 * the chain of its command, and how a chain is run so that a session never hangs and
 * never answers twice.
 */
@NullMarked
package io.mailio.handler;

import org.jspecify.annotations.NullMarked;
