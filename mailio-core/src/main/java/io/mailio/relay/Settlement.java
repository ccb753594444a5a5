/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

import io.mailio.queue.Claim;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueId;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the conclusions from an attempt: who is tried again and when, who is given up,
 * and who must hear of that. What is told is queued before the message is let go, so that
 * nobody is left without either. Blocks.
 */
final class Settlement {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.delivery");

	/** How many recipients one line names. */
	private static final int MAX_LOGGED = 50;

	private static final EnhancedStatusCode EXPIRED = new EnhancedStatusCode(4, 7);

	private final MessageQueue queue;

	private final Router router;

	private final DeliveryStatusNotifications notifications;

	private final RelayOptions options;

	private final RelayListener listener;

	Settlement(MessageQueue queue, Router router, DeliveryStatusNotifications notifications, RelayOptions options,
			RelayListener listener) {
		this.queue = queue;
		this.router = router;
		this.notifications = notifications;
		this.options = options;
		this.listener = listener;
	}

	/**
	 * Settles a claim.
	 * @param retryAt when recipients that are deferred are tried again
	 */
	void settle(Claim claim, List<AttemptResult> results, Instant now, Instant retryAt) {
		boolean over = this.options.retry().isOver(now, claim.begun());
		List<AttemptResult> concluded = over ? results.stream().map(Settlement::givenUp).toList() : results;
		List<AttemptResult> told;
		try {
			told = concluded;
			tell(claim, concluded, now);
		}
		catch (IOException | RuntimeException ex) {
			logger.error("The sender of message {} could not be told of it: that is tried again", claim.id(),
					Printable.of(ex));
			told = results.stream().map(Settlement::notLost).toList();
		}
		boolean again = told.stream().anyMatch((one) -> one.kind() == Outcome.Kind.DEFERRED);
		List<Outcome> outcomes = told.stream()
			.map((one) -> new Outcome(one.recipient().mailbox(), one.kind(), one.reply()))
			.toList();
		this.queue.settle(claim, outcomes, again ? retryAt : null);
		publish(claim, told, retryAt);
	}

	/** It was tried for long enough. */
	private static AttemptResult givenUp(AttemptResult result) {
		if (result.kind() != Outcome.Kind.DEFERRED) {
			return result;
		}
		return new AttemptResult(result.recipient(), Outcome.Kind.BOUNCED, result.reply(), result.remote(),
				result.fromServer(), result.notifies());
	}

	/** Nobody is given up whose sender does not hear of it. */
	private static AttemptResult notLost(AttemptResult result) {
		if (result.kind() != Outcome.Kind.BOUNCED) {
			return result;
		}
		return new AttemptResult(result.recipient(), Outcome.Kind.DEFERRED, result.reply(), result.remote(),
				result.fromServer(), result.notifies());
	}

	private void tell(Claim claim, List<AttemptResult> results, Instant now) throws IOException {
		boolean delayed = isNoticeDue(claim, now);
		List<RecipientReport> reports = new ArrayList<>();
		for (AttemptResult result : results) {
			RecipientReport report = report(result, delayed, claim);
			if (report != null) {
				reports.add(report.attempted(now));
			}
		}
		if (reports.isEmpty()) {
			return;
		}
		OriginalMessage original = new OriginalMessage(claim.envelope(), claim.content(), claim.enqueued());
		Optional<DeliveryStatusNotification> notification = this.notifications.of(original, reports);
		if (notification.isPresent()) {
			QueueId id = enqueue(notification.get());
			logger.info("Notification queued: queue={} about={} to=<{}>", id, claim.id(),
					Printable.of(claim.envelope().from().toString()));
		}
	}

	/** Once: by the first attempt that ends after that time. */
	boolean isNoticeDue(Claim claim, Instant now) {
		if (this.options.delayNotice().isZero()) {
			return false;
		}
		Instant notice = claim.begun().plus(this.options.delayNotice());
		Instant before = (claim.lastAttempt() != null) ? claim.lastAttempt() : claim.begun();
		return !now.isBefore(notice) && before.isBefore(notice);
	}

	private @Nullable RecipientReport report(AttemptResult result, boolean delayed, Claim claim) {
		RecipientReport report = switch (result.kind()) {
			case BOUNCED -> RecipientReport.of(result.recipient(), DeliveryAction.FAILED, reason(result));
			case DELIVERED -> result.notifies() ? null : RecipientReport.of(result.recipient(),
					(result.remote() != null) ? DeliveryAction.RELAYED : DeliveryAction.DELIVERED, result.reply());
			case DEFERRED -> delayed ? RecipientReport.of(result.recipient(), DeliveryAction.DELAYED, result.reply())
				.retriedUntil(claim.begun().plus(this.options.retry().maxAge())) : null;
		};
		if (report == null || result.remote() == null) {
			return report;
		}
		return report.by(result.remote(), result.fromServer() ? result.reply() : null);
	}

	/** A temporary reply is no reason to give up; that it was the last one is. */
	private static Reply reason(AttemptResult result) {
		return (result.reply().code() >= 500) ? result.reply()
				: new Reply(451, EXPIRED, "Not delivered in time: " + Printable.of(result.reply().text().get(0)));
	}

	private QueueId enqueue(DeliveryStatusNotification notification) throws IOException {
		List<NewMessage.Addressee> addressees = notification.envelope()
			.recipients()
			.stream()
			.map((recipient) -> new NewMessage.Addressee(recipient,
					this.router.destination(ReversePath.NULL, recipient.mailbox())))
			.toList();
		NewMessage message = new NewMessage(ReversePath.NULL, notification.envelope().parameters(), addressees,
				NewMessage.Source.of(notification.content()), null);
		try {
			return this.queue.enqueue(message).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			throw new IOException("A notification could not be queued", ex.getCause());
		}
	}

	private void publish(Claim claim, List<AttemptResult> results, Instant retryAt) {
		for (Outcome.Kind kind : Outcome.Kind.values()) {
			List<AttemptResult> some = results.stream().filter((one) -> one.kind() == kind).toList();
			if (!some.isEmpty()) {
				log(claim, kind, some);
				try {
					publish(claim, kind, some, retryAt);
				}
				catch (RuntimeException | Error ex) {
					logger.error("A listener failed for message {}", claim.id(), Printable.of(ex));
				}
			}
		}
	}

	private void publish(Claim claim, Outcome.Kind kind, List<AttemptResult> results, Instant retryAt) {
		switch (kind) {
			case DELIVERED -> this.listener.delivered(claim.id(), claim.envelope(), results);
			case DEFERRED -> this.listener.deferred(claim.id(), claim.envelope(), results, retryAt);
			case BOUNCED -> this.listener.bounced(claim.id(), claim.envelope(), results);
		}
	}

	/** What waits for a destination is kept back, since nobody there takes anything. */
	void paused(String destination, Instant until, Reply reply) {
		logger.info("Destination paused: destination={} until={} result=\"{}\"", Printable.of(destination), until,
				Printable.of(reply.toString()));
	}

	/** A line for those to whom the same has happened. */
	private static void log(Claim claim, Outcome.Kind kind, List<AttemptResult> results) {
		if (!logger.isInfoEnabled()) {
			return;
		}
		Map<String, List<AttemptResult>> lines = new LinkedHashMap<>();
		results.forEach((one) -> lines.computeIfAbsent(ending(one), (ending) -> new ArrayList<>()).add(one));
		lines.forEach((ending, some) -> logger.info(
				"Message {}: queue={} destination={} from=<{}> to={} recipients={} attempts={}{}",
				kind.name().toLowerCase(Locale.ROOT), claim.id(), Printable.of(claim.destination()),
				Printable.of(claim.envelope().from().toString()), recipients(some), some.size(), claim.attempts() + 1,
				ending));
	}

	private static String ending(AttemptResult result) {
		String remote = (result.remote() != null) ? " remote=\"" + Printable.of(result.remote().toString()) + "\"" : "";
		Reply reply = (result.kind() == Outcome.Kind.BOUNCED) ? reason(result) : result.reply();
		return remote + " result=\"" + Printable.of(reply.toString()) + "\"";
	}

	private static String recipients(List<AttemptResult> results) {
		return results.stream()
			.limit(MAX_LOGGED)
			.map((one) -> "<" + Printable.of(one.recipient().mailbox().toString()) + ">")
			.collect(Collectors.joining(","));
	}

}
