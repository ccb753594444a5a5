/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The built-in handlers of {@code rcpt}: whom mail is taken for. {@code rcpt/relay} is
 * {@link io.mailio.plugin.rcpt.Relay}, {@code rcpt/mailbox} is
 * {@link io.mailio.plugin.rcpt.MailboxLookup}.
 */
@NullMarked
package io.mailio.plugin.rcpt;

import org.jspecify.annotations.NullMarked;
