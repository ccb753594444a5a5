/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The words of the RFCs as values: replies and their codes, paths and mailboxes,
 * parameters, the envelope. Everything here is immutable, knows no I/O and refuses what
 * must not exist, so that no later room has to ask again.
 */
@NullMarked
package io.mailio.smtp;

import org.jspecify.annotations.NullMarked;
