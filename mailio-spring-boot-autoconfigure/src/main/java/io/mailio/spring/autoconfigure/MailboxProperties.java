/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/** rcpt/mailbox. */
public class MailboxProperties {

	/**
	 * Whether recipients without a mailbox are refused at RCPT.
	 */
	private boolean enabled = true;

	/**
	 * Addresses that lead to other addresses or mailboxes.
	 */
	private List<Alias> aliases = new ArrayList<>();

	/**
	 * Mailboxes that exist: any other address that is no alias is refused. If none is
	 * listed, each address has a mailbox of its own.
	 */
	private List<String> mailboxes = new ArrayList<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public List<Alias> getAliases() {
		return this.aliases;
	}

	public void setAliases(List<Alias> aliases) {
		this.aliases = aliases;
	}

	public List<String> getMailboxes() {
		return this.mailboxes;
	}

	public void setMailboxes(List<String> mailboxes) {
		this.mailboxes = mailboxes;
	}

	/** An alias of rcpt/mailbox. */
	public static class Alias {

		/**
		 * Address such as sales@example.com; or a domain such as @example.com for all its
		 * addresses that are neither aliases nor mailboxes.
		 */
		private String address = "";

		/**
		 * Aliases or mailboxes that mail for the address goes to; behind a domain also
		 * another domain, where the same names are.
		 */
		private List<String> to = new ArrayList<>();

		public String getAddress() {
			return this.address;
		}

		public void setAddress(String address) {
			this.address = address;
		}

		public List<String> getTo() {
			return this.to;
		}

		public void setTo(List<String> to) {
			this.to = to;
		}

	}

}
