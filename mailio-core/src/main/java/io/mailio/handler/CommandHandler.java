/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * Decides about one command or event of a session. The plain way to write a handler: it
 * may block, because it runs on the handler executor and never on an event loop (unless
 * it was registered with {@code blocking = false}, which promises not to block).
 *
 * <p>
 * One handler instance serves all sessions at once; keep what belongs to one session in
 * {@link SmtpResponse#set(Object)}. A handler that returns {@code null}, throws, or
 * misses its deadline makes the command fail with 451 (connect: 421, auth: 454); the
 * client never sees the exception.
 *
 * @see ReactiveCommandHandler
 */
@FunctionalInterface
public interface CommandHandler {

	/**
	 * Handles a command.
	 * @param req what the client asks
	 * @param res answers it
	 * @return the decision, usually the result of {@code res.accept()},
	 * {@code res.reject(…)} or {@code res.end(…)}
	 * @throws SmtpReplyException to reject with a reply
	 * @throws Exception for any failure
	 */
	Decision handle(SmtpRequest req, SmtpResponse res) throws Exception;

}
