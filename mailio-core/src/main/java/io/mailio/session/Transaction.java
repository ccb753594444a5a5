/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.ArrayList;
import java.util.List;

import io.mailio.smtp.Envelope;
import io.mailio.smtp.Recipient;

/**
 * One mail transaction, from MAIL to the end of data (RFC 5321 section 3.3). Immutable:
 * an accepted command replaces it.
 *
 * @param envelope the sender and the recipients so far
 */
public record Transaction(Envelope envelope) {

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
		List<Recipient> more = new ArrayList<>(known.size() + 1);
		more.addAll(known);
		more.add(recipient);
		return new Transaction(new Envelope(this.envelope.from(), this.envelope.parameters(), more));
	}

}
