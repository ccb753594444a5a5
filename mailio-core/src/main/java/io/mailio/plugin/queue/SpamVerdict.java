/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.handler.SmtpResponse;

/**
 * What somebody thinks of a message. A {@code queue} handler that gives one to
 * {@link SmtpResponse#set(Object)} before {@code queue/maildir} puts the message into
 * quarantine: if any of them calls it spam, the maildir keeps it in the folder
 * {@code .Junk}. {@link SpamReport} is the one of SpamAssassin.
 */
public interface SpamVerdict {

	/** Whether it is spam, or what its reader should treat like it. Does not block. */
	boolean isSpam();

}
