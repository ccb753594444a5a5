/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import io.mailio.queue.Claim;
import io.mailio.queue.Outcome;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to deliver what was claimed: to one host after the other, as long as that
 * may help some of the recipients, or into mailboxes of this server. Each step follows
 * the one before; what blocks runs on the executor.
 */
final class Attempt {

	private static final Logger logger = LoggerFactory.getLogger(Attempt.class);

	private static final Reply NOT_KEPT = new Reply(451, new EnhancedStatusCode(3, 0),
			"The message could not be put into its mailbox");

	private final Claim claim;

	/** Sender and parameters, and those recipients that go this way. */
	private final Envelope envelope;

	private final NextHopClient client;

	/** Where mailboxes of this server are written. */
	private final Executor executor;

	private final Map<Recipient, AttemptResult> results = new LinkedHashMap<>();

	private Reach reach = Reach.NOBODY;

	Attempt(Claim claim, Envelope envelope, NextHopClient client, Executor executor) {
		this.claim = claim;
		this.envelope = envelope;
		this.client = client;
		this.executor = executor;
	}

	/** Goes a route to its end. */
	CompletionStage<List<AttemptResult>> go(Route route) {
		if (route instanceof Route.Hops hops) {
			return tryHop(hops.hops(), 0, this.envelope.recipients());
		}
		if (route instanceof Route.Local local) {
			this.reach = Reach.TALKED;
			return CompletableFuture.supplyAsync(() -> deliver(local.delivery()), this.executor);
		}
		Reply reply = (route instanceof Route.Unroutable unroutable) ? unroutable.reply()
				: ((Route.Unavailable) route).reply();
		Outcome.Kind kind = (route instanceof Route.Unroutable) ? Outcome.Kind.BOUNCED : Outcome.Kind.DEFERRED;
		this.reach = (route instanceof Route.Unroutable) ? Reach.TALKED : Reach.NOBODY;
		this.envelope.recipients().forEach((recipient) -> take(recipient, kind, reply));
		return CompletableFuture.completedFuture(results());
	}

	/** No other server has a part in it. */
	private void take(Recipient recipient, Outcome.Kind kind, Reply reply) {
		this.results.put(recipient, new AttemptResult(recipient, kind, reply, null, false, false));
	}

	private List<AttemptResult> deliver(LocalDelivery delivery) {
		Map<Mailbox, Recipient> recipients = new HashMap<>();
		for (Recipient recipient : this.envelope.recipients()) {
			recipients.put(recipient.mailbox(), recipient);
			take(recipient, Outcome.Kind.DEFERRED, NOT_KEPT);
		}
		try {
			for (Outcome outcome : delivery.deliver(this.envelope, this.claim.content())) {
				Recipient recipient = recipients.get(outcome.recipient());
				if (recipient != null) {
					take(recipient, outcome.kind(), outcome.reply());
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.error("Message {} could not be put into a mailbox; that is tried again", this.claim.id(),
					Printable.of(ex));
		}
		return results();
	}

	private CompletionStage<List<AttemptResult>> tryHop(List<NextHop> hops, int index, List<Recipient> recipients) {
		NextHop hop = hops.get(index);
		Envelope part = new Envelope(this.envelope.from(), this.envelope.parameters(), recipients);
		return this.client.send(hop, part, this.claim.content()).thenCompose((transmission) -> {
			List<Recipient> left = new ArrayList<>();
			transmission.results().forEach((result) -> take(hop, transmission, result, left));
			return (left.isEmpty() || index + 1 == hops.size()) ? CompletableFuture.completedFuture(results())
					: tryHop(hops, index + 1, left);
		});
	}

	private void take(NextHop hop, Transmission transmission, RecipientResult result, List<Recipient> left) {
		Verdict verdict = result.verdict();
		this.reach = this.reach.furthest(Reach.of(verdict));
		Outcome.Kind kind = switch (verdict.kind()) {
			case DELIVERED -> Outcome.Kind.DELIVERED;
			case TEMPORARY -> Outcome.Kind.DEFERRED;
			case PERMANENT -> Outcome.Kind.BOUNCED;
		};
		this.results.put(result.recipient(), new AttemptResult(result.recipient(), kind, verdict.reply(), hop,
				verdict.fromServer(), transmission.notifies()));
		if (!verdict.isDelivered() && verdict.advice() == Verdict.Advice.NEXT_HOST) {
			left.add(result.recipient());
		}
	}

	/** How far it has come with any server. */
	Reach reach() {
		return this.reach;
	}

	private List<AttemptResult> results() {
		return List.copyOf(this.results.values());
	}

}
