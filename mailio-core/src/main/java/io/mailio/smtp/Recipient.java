/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * One accepted recipient of a transaction.
 *
 * @param mailbox whom the message is for
 * @param parameters the parameters of its RCPT command
 */
public record Recipient(Mailbox mailbox, Parameters parameters) {
}
