/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

/**
 * What {@code queue/maildir} does. Immutable.
 *
 * @param mailDir the directory of a mailbox, with {@code %d} for the domain and
 * {@code %n} for the local part
 * @param sent whether users who have logged in get a copy of what they send in their
 * folder {@code .Sent}
 * @param junk whether spam goes into the folder {@code .Junk}
 * @param hardLinks whether the mailboxes of one message share one file where the file
 * system can do that
 */
public record MaildirOptions(String mailDir, boolean sent, boolean junk, boolean hardLinks) {

	/**
	 * Options.
	 * @throws IllegalArgumentException if the directory holds an unknown placeholder
	 */
	public MaildirOptions {
		// It knows which placeholders there are.
		new MailDirectories(mailDir);
	}

	/** {@value Maildir#DEFAULT_PATTERN}, with everything switched on. */
	public static MaildirOptions defaults() {
		return new MaildirOptions(Maildir.DEFAULT_PATTERN, true, true, true);
	}

	/** The same with another directory. */
	public MaildirOptions withMailDir(String mailDir) {
		return new MaildirOptions(mailDir, this.sent, this.junk, this.hardLinks);
	}

	/** The same with or without copies of what users send. */
	public MaildirOptions withSent(boolean sent) {
		return new MaildirOptions(this.mailDir, sent, this.junk, this.hardLinks);
	}

	/** The same with or without a folder for spam. */
	public MaildirOptions withJunk(boolean junk) {
		return new MaildirOptions(this.mailDir, this.sent, junk, this.hardLinks);
	}

	/** The same with files that mailboxes share, or with one for each mailbox. */
	public MaildirOptions withHardLinks(boolean hardLinks) {
		return new MaildirOptions(this.mailDir, this.sent, this.junk, hardLinks);
	}

}
