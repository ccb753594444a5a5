/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.List;
import java.util.Map;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What a chain decided.
 *
 * @param kind accepted by all, rejected by one, or the end of the connection
 * @param reply the reply of the handlers, {@code null} if they left it to the command
 * @param decidedBy the handler that rejected or ended, empty if all accepted
 * @param taken whether a handler of the user's accepted
 * @param deliveries what built-in handlers have prepared; whoever gets the outcome
 * commits or rolls back each
 * @param refused recipients that were refused one by one, in that order
 */
public record ChainOutcome(Decision.Kind kind, @Nullable Reply reply, String decidedBy, boolean taken,
		List<Delivery> deliveries, Map<Mailbox, Reply> refused) {
}
