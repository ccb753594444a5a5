/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Instant;
import java.util.function.Supplier;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;

/**
 * What the handlers of {@code route} are asked about.
 *
 * @param queueId the name of the message in the queue
 * @param from its sender
 * @param to the recipient
 * @param parameters those of the recipient
 * @param queued when the message came
 * @param attempts how many attempts there were
 * @param local whether the configuration keeps it on this server
 * @param message the message, asked for if it is wanted
 */
public record RouteSubject(String queueId, ReversePath from, Mailbox to, Parameters parameters, Instant queued,
		int attempts, boolean local, Supplier<ReceivedMessage> message) {
}
