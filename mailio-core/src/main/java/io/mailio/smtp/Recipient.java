/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Optional;
import java.util.Set;

/**
 * One accepted recipient of a transaction.
 *
 * @param mailbox whom the message is for
 * @param parameters the parameters of its RCPT command
 */
public record Recipient(Mailbox mailbox, Parameters parameters) {

	/**
	 * When the sender wants to be notified (NOTIFY, RFC 3461 section 4.1).
	 * @return {@code FAILURE} and perhaps {@code DELAY} are for the server to choose if
	 * it is empty
	 */
	public Set<DsnNotify> notifications() {
		return this.parameters.value("NOTIFY").flatMap(DsnNotify::parse).orElse(Set.of());
	}

	/** The address that the sender wrote to (ORCPT, RFC 3461 section 4.2). */
	public Optional<OriginalRecipient> originalRecipient() {
		return this.parameters.value("ORCPT").flatMap(OriginalRecipient::parse);
	}

}
