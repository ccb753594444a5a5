/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.ContentNeed;
import io.mailio.handler.Decision;
import io.mailio.handler.KeepsNoMail;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.metrics.Meters;
import io.mailio.queue.MessageQueue;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;

/**
 * {@code queue/relay}: puts messages for recipients of domains that are not served here
 * into the durable queue, from which they are sent on; other recipients are left to other
 * handlers. Asks {@link RelayRules} and for the number of hops once more, so that nothing
 * is sent on by whatever becomes of {@code rcpt/relay} and {@code queue/headers}.
 *
 * <p>
 * A message that has passed through too many servers goes round in a circle (RFC 5321
 * section 6.3) and is refused with 554 5.4.6; a queue without room is 452 4.3.1. Does not
 * block; safe for use by several threads.
 */
public final class Relay implements CommandHandler, ContentNeed, KeepsNoMail {

	private final Function<String, RelayRules> rules;

	private final Supplier<MessageQueue> queue;

	private final BiFunction<ReversePath, Mailbox, String> destinations;

	private final int maxHops;

	private final Meters meters;

	/**
	 * Queues messages.
	 * @param rules the name of a listener to who may send mail where
	 * @param queue where messages wait; asked for each message
	 * @param destinations sender and recipient to what the message waits for
	 * @param maxHops how many {@code Received} fields a message may have, ours included
	 * @param meters hears how long it takes until messages are durable
	 */
	public Relay(Function<String, RelayRules> rules, Supplier<MessageQueue> queue,
			BiFunction<ReversePath, Mailbox, String> destinations, int maxHops, Meters meters) {
		this.rules = rules;
		this.queue = queue;
		this.destinations = destinations;
		this.maxHops = maxHops;
		this.meters = meters;
	}

	@Override
	public boolean needsContent(SmtpSession session) {
		for (Recipient recipient : session.envelope().recipients()) {
			if (isOther(recipient, session)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isOther(Recipient recipient, SmtpSession session) {
		return !session.server().serves(recipient.mailbox().domain());
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		RelayRules rules = this.rules.apply(req.session().server().listener());
		List<Recipient> others = req.session()
			.envelope()
			.recipients()
			.stream()
			.filter((recipient) -> isOther(recipient, req.session()))
			.toList();
		if (others.isEmpty() || !rules.relaying()) {
			return res.accept();
		}
		for (Recipient recipient : others) {
			Reply refusal = rules.refusal(req, recipient.mailbox());
			if (refusal != null) {
				return res.reject(refusal);
			}
		}
		if (Headers.hops(req.message()) > this.maxHops) {
			return res.reject(Replies.TOO_MANY_HOPS);
		}
		QueueDelivery delivery = new QueueDelivery(this.queue.get(), this.destinations, this.meters,
				req.session().envelope(), others, req.message());
		res.stage(delivery);
		res.set(delivery);
		return res.accept();
	}

}
