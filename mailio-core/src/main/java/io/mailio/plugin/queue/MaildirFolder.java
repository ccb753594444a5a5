/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.nio.file.Path;

/**
 * Where in a mailbox a message goes. Folders beside the inbox are those of Maildir++:
 * directories with a dot in front.
 */
enum MaildirFolder {

	/** The mailbox itself. */
	INBOX("", "inbox"),

	/** Spam. */
	JUNK(".Junk", "junk"),

	/** What its owner has sent, and so has seen. */
	SENT(".Sent", "sent");

	private final String directory;

	private final String outcome;

	MaildirFolder(String directory, String outcome) {
		this.directory = directory;
		this.outcome = outcome;
	}

	/** The folder of a mailbox. */
	Path of(Path maildir) {
		return maildir.resolve(this.directory);
	}

	/** As the meter names it. */
	String outcome() {
		return this.outcome;
	}

}
