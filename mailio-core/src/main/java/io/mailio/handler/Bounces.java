/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Map;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;

/**
 * Tells senders who does not get a message that was accepted as a whole (RFC 3464). Safe
 * for use by several threads.
 */
@FunctionalInterface
public interface Bounces {

	/**
	 * Prepares to tell the sender.
	 * @param envelope the message's, with all its recipients
	 * @param refused those that were refused, and why
	 * @param message the message
	 * @param trusted whether the client is logged in; what others send must not be sent
	 * on to whomever they name
	 * @return a delivery that serves none of its recipients; its commit makes the
	 * notification durable
	 */
	Delivery of(Envelope envelope, Map<Mailbox, Reply> refused, ReceivedMessage message, boolean trusted);

}
