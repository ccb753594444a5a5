/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.util.List;

import io.mailio.message.Content;
import io.mailio.queue.Outcome;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Recipient;

/**
 * Puts mail into another mailbox than that of its recipients, once for all of them.
 *
 * @param mailbox the mailbox
 * @param delivery who puts mail into it
 */
record RedirectedDelivery(Mailbox mailbox, LocalDelivery delivery) implements LocalDelivery {

	@Override
	public boolean serves(Mailbox recipient) {
		return true;
	}

	@Override
	public List<Outcome> deliver(Envelope envelope, Content content) throws IOException {
		Recipient instead = new Recipient(this.mailbox, envelope.recipients().get(0).parameters());
		return this.delivery.deliver(new Envelope(envelope.from(), envelope.parameters(), List.of(instead)), content)
			.stream()
			.filter((outcome) -> outcome.recipient().equals(this.mailbox))
			.flatMap((outcome) -> envelope.to()
				.stream()
				.map((recipient) -> new Outcome(recipient, outcome.kind(), outcome.reply())))
			.toList();
	}

}
