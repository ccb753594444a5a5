/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Sends the application's own mail as Spring applications do: what {@code JavaMailSender}
 * is given stands durably in the queue when it returns.
 */
@NullMarked
package io.mailio.spring.mail;

import org.jspecify.annotations.NullMarked;
