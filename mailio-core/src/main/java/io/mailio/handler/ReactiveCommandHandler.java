/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import reactor.core.publisher.Mono;

/**
 * Decides about one command without blocking. It is called, and its result is subscribed
 * to, on the session's event loop: it must not block. An empty {@code Mono}, an error or
 * a missed deadline makes the command fail with 451 (connect: 421, auth: 454). The
 * subscription is cancelled when the deadline passes or the client disappears.
 *
 * @see CommandHandler
 */
@FunctionalInterface
public interface ReactiveCommandHandler {

	/**
	 * Handles a command.
	 * @param req what the client asks
	 * @param res answers it
	 * @return the decision to come
	 */
	Mono<Decision> handle(SmtpRequest req, SmtpResponse res);

}
