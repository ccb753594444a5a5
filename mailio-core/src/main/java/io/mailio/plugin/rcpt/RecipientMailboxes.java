/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.mailio.handler.LoggedValue;
import io.mailio.smtp.Mailbox;

/**
 * What {@code rcpt/mailbox} has found for the recipients of a transaction:
 * {@code res.get("rcpt/mailbox", RecipientMailboxes.class)}. Grows with each recipient.
 * Safe for use by several threads.
 */
public final class RecipientMailboxes implements LoggedValue {

	private final Map<Mailbox, Set<Mailbox>> mailboxes = new LinkedHashMap<>();

	RecipientMailboxes() {
	}

	synchronized void add(Mailbox recipient, Set<Mailbox> found) {
		this.mailboxes.put(recipient, Collections.unmodifiableSet(new LinkedHashSet<>(found)));
	}

	/**
	 * The mailboxes of a recipient.
	 * @param recipient a recipient of the envelope
	 * @return its mailboxes, at least one; empty if nobody was asked about it, most often
	 * because its domain is not served here
	 */
	public synchronized Optional<Set<Mailbox>> of(Mailbox recipient) {
		return Optional.ofNullable(this.mailboxes.get(recipient));
	}

	/** All mailboxes that the message may go to, each once. */
	public synchronized Set<Mailbox> all() {
		Set<Mailbox> all = new LinkedHashSet<>();
		this.mailboxes.values().forEach(all::addAll);
		return all;
	}

	/** The recipients with their mailboxes. */
	@Override
	public synchronized String toString() {
		return this.mailboxes.toString();
	}

	/** How many mailboxes the recipients lead to. */
	@Override
	public String logText() {
		return Integer.toString(all().size());
	}

}
