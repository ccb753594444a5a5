/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * A handler that has nothing to say to some sessions. It is not asked about these, which
 * costs less than an answer that changes nothing.
 */
public interface Selective {

	/**
	 * Whether the handler is asked. Called on the session's loop before each command;
	 * does not block. What it throws is a failure of the handler: 451 (connect: 421,
	 * auth: 454).
	 * @param session the session as it is now
	 */
	boolean concerns(SmtpSession session);

}
