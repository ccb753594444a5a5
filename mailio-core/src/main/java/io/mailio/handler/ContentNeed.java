/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * Implemented by a {@code queue} handler that does not read the content of each message.
 * A message whose content none of the handlers needs is counted and not kept; handlers
 * that do not implement this need it always.
 */
public interface ContentNeed {

	/**
	 * Whether the handler may read the content of the message whose envelope is complete.
	 * Asked on the session's loop before the content comes; does not block. If it throws,
	 * the log is told and the content kept.
	 * @param session the session as it is now
	 */
	boolean needsContent(SmtpSession session);

}
