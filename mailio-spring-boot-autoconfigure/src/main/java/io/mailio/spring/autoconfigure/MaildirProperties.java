/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

/** queue/maildir. */
public class MaildirProperties {

	/**
	 * Whether to keep messages for the served domains in maildirs.
	 */
	private boolean enabled = true;

	/**
	 * Maildir of a recipient: %d is the domain, %n the local part.
	 */
	private String mailDir = "./mailio/maildir/%d/%n";

	/**
	 * Whether users who are logged in get a copy of what they send in their folder Sent.
	 */
	private boolean sent = true;

	/**
	 * Whether spam goes into the folder Junk: messages that have the base score of
	 * queue/spamd or more.
	 */
	private boolean junk = true;

	/**
	 * Whether the mailboxes of one message share one file, where the file system can do
	 * that.
	 */
	private boolean hardLinks = true;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getMailDir() {
		return this.mailDir;
	}

	public void setMailDir(String mailDir) {
		this.mailDir = mailDir;
	}

	public boolean isSent() {
		return this.sent;
	}

	public void setSent(boolean sent) {
		this.sent = sent;
	}

	public boolean isJunk() {
		return this.junk;
	}

	public void setJunk(boolean junk) {
		this.junk = junk;
	}

	public boolean isHardLinks() {
		return this.hardLinks;
	}

	public void setHardLinks(boolean hardLinks) {
		this.hardLinks = hardLinks;
	}

}
