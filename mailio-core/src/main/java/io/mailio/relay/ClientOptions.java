/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What all connections of a client share.
 *
 * @param ehloName our name
 * @param timeouts how long servers may take
 * @param tls how connections are encrypted
 * @param executor where reading content and calculating may block
 * @param loginWithoutTls whether passwords may be sent in the clear
 * @param maxRecipients the most recipients of one transaction
 * @param maxTransactions the most transactions of one connection
 * @param maxAge for how long a connection may be used
 * @param maxIdle for how long it may be idle
 */
record ClientOptions(String ehloName, SmtpTimeouts timeouts, ClientTls tls, Executor executor, boolean loginWithoutTls,
		int maxRecipients, int maxTransactions, Duration maxAge, Duration maxIdle) {
}
