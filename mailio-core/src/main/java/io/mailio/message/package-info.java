/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What a message consists of: its content, gathered while it arrives (in memory, then in
 * a temporary file that has no name and so cannot outlive the process), our
 * {@code Received} field in front of it, and the views on both that are made on demand
 * and within limits: the header fields and the MIME structure.
 */
@NullMarked
package io.mailio.message;

import org.jspecify.annotations.NullMarked;
