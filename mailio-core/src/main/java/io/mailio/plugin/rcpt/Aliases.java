/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.mailio.handler.HandlerConfigurationException;
import io.mailio.plugin.rcpt.MailboxOptions.Alias;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Mailbox;

/**
 * The configured aliases, followed to their ends once when they are read. Case does not
 * matter. An address is, in this order: an alias; a mailbox that is named, in the list of
 * mailboxes or as the end of an alias; one of a domain that leads elsewhere; a mailbox
 * after all, if there is no list of them. Immutable.
 */
final class Aliases {

	private static final String WHERE = "Look at the aliases and mailboxes of rcpt/mailbox "
			+ "(mailio.handlers.rcpt.mailbox.aliases, .mailboxes).";

	private final Set<String> served;

	/** Whether nothing is a mailbox but what is listed. */
	private final boolean listed;

	/** Folded, as they are listed or first named. */
	private final Map<String, Mailbox> mailboxes = new HashMap<>();

	private final Map<String, Alias> aliases = new LinkedHashMap<>();

	private final Map<String, Set<Mailbox>> ends = new HashMap<>();

	/** By domain, where the same names are. */
	private final Map<String, String> renamed = new HashMap<>();

	/**
	 * Reads aliases.
	 * @param served the served domains, in lower case with A-labels
	 * @throws HandlerConfigurationException if one leads to itself or into the unknown
	 */
	Aliases(MailboxOptions options, Set<String> served) {
		this.served = served;
		this.listed = !options.mailboxes().isEmpty();
		options.mailboxes().forEach((mailbox) -> {
			requireServed(mailbox.asciiDomain(), "The mailbox " + mailbox);
			this.mailboxes.put(mailbox.folded(), mailbox);
		});
		for (Alias alias : options.aliases()) {
			String address = folded(alias.address());
			requireServed(address.substring(address.lastIndexOf('@') + 1), "The alias " + alias.address());
			if (this.aliases.putIfAbsent(address, alias) != null) {
				throw wrong("There are two aliases " + alias.address());
			}
		}
		this.aliases.forEach(this::follow);
		this.renamed.keySet().forEach(this::requireEnd);
	}

	private void follow(String address, Alias alias) {
		if (Alias.isDomain(alias.to().get(0))) {
			String domain = folded(alias.to().get(0)).substring(1);
			requireServed(domain, leads(alias.address(), alias.to().get(0)));
			this.renamed.put(address.substring(1), domain);
			return;
		}
		Set<Mailbox> found = new LinkedHashSet<>();
		collect(alias, new ArrayDeque<>(List.of(address)), found);
		this.ends.put(address, Collections.unmodifiableSet(found));
	}

	private void collect(Alias alias, Deque<String> path, Set<Mailbox> found) {
		for (String target : alias.to()) {
			String address = folded(target);
			Alias next = this.aliases.get(address);
			// An alias that names itself keeps the message and sends it on.
			if (next == null || address.equals(path.getLast())) {
				found.add(end(alias, Mailbox.of(target)));
				continue;
			}
			if (path.contains(address)) {
				List<String> circle = new ArrayList<>(path);
				circle.add(address);
				throw wrong("The alias " + address + " leads to itself: " + String.join(" → ", circle));
			}
			path.addLast(address);
			collect(next, path, found);
			path.removeLast();
		}
	}

	private Mailbox end(Alias alias, Mailbox target) {
		requireServed(target.asciiDomain(), leads(alias.address(), target.toString()));
		if (this.listed && !this.mailboxes.containsKey(target.folded())) {
			throw wrong(leads(alias.address(), target.toString()) + ", which is neither a mailbox nor an alias");
		}
		return this.mailboxes.computeIfAbsent(target.folded(), (key) -> target);
	}

	private void requireEnd(String domain) {
		Set<String> seen = new LinkedHashSet<>();
		for (String at = domain; at != null; at = this.renamed.get(at)) {
			if (!seen.add("@" + at)) {
				throw wrong("The alias @" + at + " leads to itself: " + String.join(" → ", seen) + " → @" + at);
			}
		}
	}

	private void requireServed(String domain, String what) {
		if (!this.served.contains(domain)) {
			throw wrong(what + ", but the domain " + domain + " is not served here (" + String.join(", ", this.served)
					+ "). Aliases do not send mail to other servers");
		}
	}

	private static String leads(String address, String target) {
		return "The alias " + address + " leads to " + target;
	}

	private static HandlerConfigurationException wrong(String message) {
		return new HandlerConfigurationException(message, WHERE);
	}

	private static String folded(String address) {
		return Alias.isDomain(address) ? "@" + DomainNames.toAscii(address.substring(1)) : Mailbox.of(address).folded();
	}

	/**
	 * Follows an address.
	 * @param address an address of a served domain
	 * @return its mailboxes; none if it is unknown
	 */
	Set<Mailbox> of(Mailbox address) {
		Mailbox at = address;
		while (true) {
			String folded = at.folded();
			Set<Mailbox> found = this.ends.get(folded);
			if (found != null) {
				return found;
			}
			Mailbox mailbox = this.mailboxes.get(folded);
			if (mailbox != null) {
				return Set.of(mailbox);
			}
			found = this.ends.get("@" + at.asciiDomain());
			if (found != null) {
				return found;
			}
			String domain = this.renamed.get(at.asciiDomain());
			if (domain == null) {
				return this.listed ? Set.of() : Set.of(at);
			}
			at = Mailbox.of(at.localPart() + "@" + domain);
		}
	}

}
