/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Recipient;

/**
 * One mail transaction, from MAIL to the end of data (RFC 5321 section 3.3). Immutable:
 * an accepted command replaces it.
 *
 * @param envelope the sender and the recipients so far
 * @param awaiting who gets a reply of its own at the end of data: under LMTP each
 * accepted RCPT, also one given twice (RFC 2033 section 4.2); otherwise nobody
 */
public record Transaction(Envelope envelope, List<Mailbox> awaiting) {

	/** One reply answers the whole message. */
	public Transaction(Envelope envelope) {
		this(envelope, List.of());
	}

	/**
	 * This transaction with one more recipient; the same if it is already there.
	 * @param recipient the accepted recipient
	 * @return the new transaction
	 */
	public Transaction with(Recipient recipient) {
		List<Recipient> known = this.envelope.recipients();
		for (Recipient other : known) {
			if (other.mailbox().equals(recipient.mailbox())) {
				return this;
			}
		}
		List<Recipient> more = known.isEmpty() ? List.of(recipient) : longer(known, recipient);
		return new Transaction(new Envelope(this.envelope.from(), this.envelope.parameters(), more), this.awaiting);
	}

	/**
	 * This transaction with one more recipient that gets a reply of its own, even if it
	 * is already there.
	 * @param recipient the accepted recipient
	 * @return the new transaction
	 */
	public Transaction awaiting(Recipient recipient) {
		List<Mailbox> more = longer(this.awaiting, recipient.mailbox());
		return new Transaction(with(recipient).envelope, Collections.unmodifiableList(more));
	}

	private static <T> List<T> longer(List<T> known, T one) {
		List<T> more = new ArrayList<>(known.size() + 1);
		more.addAll(known);
		more.add(one);
		return more;
	}

	/**
	 * This transaction without some recipients; they get their replies all the same.
	 * @param refused recipients that were refused
	 * @return the new transaction
	 */
	public Transaction without(Set<Mailbox> refused) {
		List<Recipient> left = this.envelope.recipients()
			.stream()
			.filter((recipient) -> !refused.contains(recipient.mailbox()))
			.toList();
		return new Transaction(new Envelope(this.envelope.from(), this.envelope.parameters(), left), this.awaiting);
	}

}
