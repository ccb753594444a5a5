/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.List;
import java.util.Set;

import io.mailio.smtp.AddressParser;
import io.mailio.smtp.Mailbox;

/**
 * Which addresses {@code rcpt/mailbox} knows, for what is too small for a
 * {@link MailboxResolver}. Immutable.
 *
 * @param aliases addresses that lead to others; each address has one alias at most
 * @param mailboxes the mailboxes that exist: any other address that is no alias is
 * refused. Empty if every address is its own mailbox
 */
public record MailboxOptions(List<Alias> aliases, Set<Mailbox> mailboxes) {

	public MailboxOptions {
		aliases = List.copyOf(aliases);
		mailboxes = Set.copyOf(mailboxes);
	}

	/** No aliases; every address is its own mailbox. */
	public static MailboxOptions defaults() {
		return new MailboxOptions(List.of(), Set.of());
	}

	/** Whether nothing is known but the defaults. */
	public boolean isEmpty() {
		return this.aliases.isEmpty() && this.mailboxes.isEmpty();
	}

	/**
	 * Where mail for an address goes.
	 *
	 * @param address an address such as {@code sales@example.com}; or {@code @} and a
	 * domain for what in this domain is neither an alias nor a mailbox
	 * @param to other aliases or mailboxes; behind a domain also one other domain, where
	 * the same names are
	 */
	public record Alias(String address, List<String> to) {

		/**
		 * An alias.
		 * @throws IllegalArgumentException if there is something else than addresses
		 */
		public Alias {
			to = List.copyOf(to);
			requireAddress(address);
			if (to.isEmpty()) {
				throw new IllegalArgumentException(
						"The alias " + address + " leads nowhere: name at least one mailbox");
			}
			for (String target : to) {
				requireAddress(target);
				if (isDomain(target) && (!isDomain(address) || to.size() > 1)) {
					throw new IllegalArgumentException("The alias " + address + " leads to all addresses of " + target
							+ ": that is for another domain only, which stands alone (@example.net to @example.com)");
				}
			}
		}

		static boolean isDomain(String address) {
			return address.startsWith("@");
		}

		private static void requireAddress(String address) {
			if (isDomain(address) ? !AddressParser.isDomain(address.substring(1)) : !isAddress(address)) {
				throw new IllegalArgumentException("'" + address
						+ "' is neither an address such as you@example.com nor a domain such as @example.com");
			}
		}

		private static boolean isAddress(String address) {
			try {
				Mailbox.of(address);
				return true;
			}
			catch (IllegalArgumentException ex) {
				return false;
			}
		}

	}

}
