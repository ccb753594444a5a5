/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * A command as the client sent it, or an event of the session.
 *
 * @param name the verb or event in lower case, for example {@code rcpt} or
 * {@code connect}
 * @param data what came after the verb, without the separating space; empty if nothing
 */
public record SmtpCommand(String name, String data) {
}
