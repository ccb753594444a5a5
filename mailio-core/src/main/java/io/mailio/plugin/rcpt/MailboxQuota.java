/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Optional;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;

/**
 * Says whether a mailbox has room for a message. Asked at RCPT with the size that the
 * client declares, and once more before the message is written. May block; called by
 * several threads.
 *
 * <pre class="code">
 * (mailbox, size) -&gt; (used(mailbox) + size &gt; LIMIT) ? Optional.of(Replies.MAILBOX_FULL) : Optional.empty()
 * </pre>
 */
@FunctionalInterface
public interface MailboxQuota {

	/** Every mailbox has room. */
	MailboxQuota UNLIMITED = (mailbox, size) -> Optional.empty();

	/**
	 * Decides about a message.
	 * @param mailbox the mailbox, not the address that led to it
	 * @param size how many octets the message has, 0 at RCPT if the client does not tell
	 * @return empty if there is room; else the reply that refuses the recipient, most
	 * often {@link io.mailio.smtp.Replies#MAILBOX_FULL} (452 4.2.2) or
	 * {@link io.mailio.smtp.Replies#OVER_QUOTA} (552 5.2.2)
	 * @throws Exception if it cannot be told: the recipient or the message is refused
	 * with 451
	 */
	Optional<Reply> refusal(Mailbox mailbox, long size) throws Exception;

}
