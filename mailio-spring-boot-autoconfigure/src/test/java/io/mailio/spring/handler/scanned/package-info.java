/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** What a component scan has to find. */
@NullMarked
package io.mailio.spring.handler.scanned;

import org.jspecify.annotations.NullMarked;
