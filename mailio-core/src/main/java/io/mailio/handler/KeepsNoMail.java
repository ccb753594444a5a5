/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * Marks a {@code queue} handler that keeps no mail for the served domains: it looks at
 * messages, or sends them on. If all handlers of a listener's {@code queue} chain are so
 * marked, the log warns at start that mail will be refused with 554 5.3.5.
 */
public interface KeepsNoMail {

}
