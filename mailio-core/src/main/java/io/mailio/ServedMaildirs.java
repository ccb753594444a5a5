/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.mailio.message.Content;
import io.mailio.message.StoredMessage;
import io.mailio.plugin.queue.Maildir;
import io.mailio.queue.Outcome;
import io.mailio.relay.LocalDelivery;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The maildirs of the served domains, for mail that no client brings.
 *
 * @param domains the served domains, in lower case with A-labels
 * @param maildir where they are
 * @param hostname our name
 */
record ServedMaildirs(Set<String> domains, Maildir maildir, String hostname) implements LocalDelivery {

	private static final Reply KEPT = new Reply(250, EnhancedStatusCode.UNDEFINED, "Kept in the maildir");

	@Override
	public boolean serves(Mailbox recipient) {
		return this.domains.contains(recipient.asciiDomain());
	}

	@Override
	public List<Outcome> deliver(Envelope envelope, Content content) throws IOException {
		Map<Mailbox, Reply> refused = this.maildir.deliver(envelope.from(), envelope.to(),
				new StoredMessage(new byte[0], content), this.hostname);
		return envelope.to().stream().map((recipient) -> outcome(recipient, refused.get(recipient))).toList();
	}

	private static Outcome outcome(Mailbox recipient, @Nullable Reply refusal) {
		if (refusal == null) {
			return new Outcome(recipient, Outcome.Kind.DELIVERED, KEPT);
		}
		return new Outcome(recipient, (refusal.code() < 500) ? Outcome.Kind.DEFERRED : Outcome.Kind.BOUNCED, refusal);
	}

}
