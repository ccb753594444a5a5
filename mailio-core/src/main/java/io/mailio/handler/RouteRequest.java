/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Instant;
import java.util.Map;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import org.slf4j.Logger;

/**
 * One recipient of a message in the queue that an attempt to deliver is about to be made
 * for. There is no session: the client has long gone, or there was none. May be used from
 * any thread until the handler has decided.
 */
public interface RouteRequest {

	/** The name of the message in the queue, as in logs and events. */
	String queueId();

	/** The sender; the null sender for notifications. */
	ReversePath from();

	/** The recipient. */
	Mailbox to();

	/** The parameters of its RCPT command. */
	Parameters parameters();

	/** When the message came. */
	Instant queued();

	/** How many attempts there were for this recipient, 0 before the first. */
	int attempts();

	/**
	 * Whether the mail is for a mailbox of this server, unless a handler says otherwise:
	 * notifications for its own users, or what the application has sent to them.
	 */
	boolean local();

	/**
	 * The message. Reading it may block. It can be read until the handler has decided,
	 * and needs not to be released.
	 */
	ReceivedMessage message();

	/** The properties of this handler. */
	Map<String, String> config();

	/** A log of this handler, below {@code io.mailio.handler.route}. */
	Logger log();

}
