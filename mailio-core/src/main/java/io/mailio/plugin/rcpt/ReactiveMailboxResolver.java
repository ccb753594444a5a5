/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Collection;

import io.mailio.smtp.Mailbox;
import reactor.core.publisher.Mono;

/**
 * A {@link MailboxResolver} that does not block. At RCPT it is called, and its result
 * subscribed to, on the session's event loop; a subscription is cancelled when the
 * deadline of handlers passes or the client disappears.
 */
@FunctionalInterface
public interface ReactiveMailboxResolver {

	/**
	 * Resolves an address.
	 * @param address an address of a served domain, as the client has written it
	 * @return its mailboxes to come, each of a served domain; none, or nothing at all, if
	 * there is no such address. An error refuses the recipient with 451 4.3.0,
	 * {@link io.mailio.handler.SmtpReplyException} with its reply
	 */
	Mono<? extends Collection<Mailbox>> resolve(Mailbox address);

}
