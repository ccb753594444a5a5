/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.util.List;

import io.mailio.message.Content;
import io.mailio.queue.Outcome;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;

/**
 * Puts into mailboxes of this server what waits for them in the queue: notifications for
 * its own users, and what the application sends to them. Safe for use by several threads.
 */
public interface LocalDelivery {

	/** Whether mail for this mailbox stays here; then no other server is asked. */
	boolean serves(Mailbox recipient);

	/**
	 * Delivers a message. Blocks.
	 * @param envelope the sender, and recipients that are served here
	 * @param content the content, which stays the caller's
	 * @return one outcome for each recipient: delivered ones have the message durably.
	 * Recipients without an outcome get the message again later
	 * @throws IOException if it has got to nobody; it is tried again, as after any other
	 * exception
	 */
	List<Outcome> deliver(Envelope envelope, Content content) throws IOException;

}
