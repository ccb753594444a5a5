/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.handler.LoggedValue;

/**
 * In how many mailboxes {@code queue/maildir} keeps a message:
 * {@code res.get("queue/maildir", MaildirCopies.class)}.
 *
 * @param inbox in how many inboxes
 * @param junk in how many folders for spam
 * @param sent 1 if its sender has a copy, else 0
 */
public record MaildirCopies(int inbox, int junk, int sent) implements LoggedValue {

	/** For example {@code inbox=2,sent=1}. */
	@Override
	public String logText() {
		StringBuilder text = new StringBuilder();
		append(text, "inbox", this.inbox);
		append(text, "junk", this.junk);
		append(text, "sent", this.sent);
		return text.toString();
	}

	private static void append(StringBuilder text, String folder, int copies) {
		if (copies > 0) {
			text.append(text.isEmpty() ? "" : ",").append(folder).append('=').append(copies);
		}
	}

}
