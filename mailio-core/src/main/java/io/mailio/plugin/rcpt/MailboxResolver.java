/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Collection;

import io.mailio.smtp.Mailbox;

/**
 * Says which mailboxes an address leads to: aliases, distribution lists, and who exists
 * at all. Asked about each recipient of a served domain: at RCPT ({@code rcpt/mailbox}),
 * and when the relay puts mail into mailboxes of this server. Called by several threads;
 * it may block, and is interrupted at the deadline of handlers. It should come to an end
 * by itself all the same: the relay waits for it. {@link ReactiveMailboxResolver} is the
 * way without a thread.
 */
@FunctionalInterface
public interface MailboxResolver {

	/**
	 * Resolves an address.
	 * @param address an address of a served domain, as the client has written it; compare
	 * {@link Mailbox#folded()} where case does not matter
	 * @return its mailboxes, each of a served domain; empty if there is no such address,
	 * which is refused with 550 5.1.1
	 * @throws Exception if it cannot be told: the recipient is refused with 451 4.3.0;
	 * {@link io.mailio.handler.SmtpReplyException} for another reply
	 */
	Collection<Mailbox> resolve(Mailbox address) throws Exception;

}
