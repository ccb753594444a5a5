/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * Says where a message from the queue goes, for one of its recipients ({@code route}).
 * Asked before each attempt to deliver it, also after a restart; see
 * {@link RouteDecision} for what it can say.
 *
 * <p>
 * Runs on the handler executor and may block, unless it is registered with
 * {@code blocking = false}. One handler is asked about several messages at once. An
 * exception, {@code null} or a missed deadline lets the recipient wait for the next
 * attempt (451 4.3.5); {@link SmtpReplyException} is a shortcut for
 * {@link RouteDecision#reject(io.mailio.smtp.Reply)}.
 */
@FunctionalInterface
public interface RouteHandler {

	/**
	 * Decides.
	 * @param req the recipient and its message
	 * @return the decision, never {@code null}
	 * @throws Exception if it cannot; the recipient waits for the next attempt
	 */
	RouteDecision route(RouteRequest req) throws Exception;

}
