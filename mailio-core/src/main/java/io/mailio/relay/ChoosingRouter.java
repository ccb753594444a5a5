/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import io.mailio.queue.Claim;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * Lets somebody else choose the way at each attempt. Mail waits where another router
 * says; what is chosen holds for the attempt and is kept nowhere.
 *
 * <p>
 * The recipients of a message are asked about some at a time. If that takes too long for
 * one of them, the rest are not asked about, or a message with thousands would be under
 * way for hours; the next attempt begins with others.
 */
public final class ChoosingRouter implements Router {

	/** How many recipients of a claim are asked about at a time. */
	private static final int TOGETHER = 16;

	private final Router configured;

	private final MxRouter hosts;

	private final @Nullable LocalDelivery local;

	private final RouteChooser chooser;

	private final Executor executor;

	/**
	 * A router.
	 * @param configured knows where mail waits, and the way if nothing is chosen
	 * @param hosts knows the way to hosts and domains that are chosen
	 * @param local puts mail into mailboxes that are chosen, {@code null} if there are
	 * none
	 * @param chooser chooses
	 * @param executor where it goes on after a choice that took its time: the thread that
	 * brings one may be anybody's
	 */
	public ChoosingRouter(Router configured, MxRouter hosts, @Nullable LocalDelivery local, RouteChooser chooser,
			Executor executor) {
		this.configured = configured;
		this.hosts = hosts;
		this.local = local;
		this.chooser = chooser;
		this.executor = new KeepingExecutor(executor);
	}

	@Override
	public String destination(ReversePath sender, Mailbox recipient) {
		return this.configured.destination(sender, recipient);
	}

	@Override
	public CompletionStage<Route> route(String destination) {
		return this.configured.route(destination);
	}

	@Override
	public boolean isChoosing() {
		return this.chooser.isAsking();
	}

	@Override
	public CompletionStage<List<Leg>> legs(Claim claim) {
		Asking asking = new Asking(claim);
		asking.goOn(List.of());
		return asking.choices.thenCompose((choices) -> legs(claim, choices));
	}

	/** Asks about some recipients after the others: all at once could be thousands. */
	private final class Asking {

		private final Claim claim;

		private final List<Recipient> recipients;

		private final CompletableFuture<Map<RouteChoice, List<Recipient>>> choices = new CompletableFuture<>();

		private final Map<RouteChoice, List<Recipient>> chosen = new LinkedHashMap<>();

		private int next;

		Asking(Claim claim) {
			this.claim = claim;
			this.recipients = new ArrayList<>(claim.envelope().recipients());
			// Or those behind one that is always late are never asked about.
			Collections.rotate(this.recipients, -TOGETHER * (claim.attempts() % this.recipients.size()));
		}

		/**
		 * A loop where it can be one: there may be thousands of rounds.
		 * @param answered the round before
		 */
		void goOn(List<CompletableFuture<RouteChoice>> answered) {
			try {
				take(answered);
				while (this.next < this.recipients.size()) {
					List<CompletableFuture<RouteChoice>> round = round();
					CompletableFuture<Void> all = CompletableFuture.allOf(round.toArray(CompletableFuture[]::new));
					if (!all.isDone()) {
						all.whenCompleteAsync((nothing, failure) -> goOn(round), ChoosingRouter.this.executor);
						return;
					}
					take(round);
				}
				this.choices.complete(this.chosen);
			}
			catch (RuntimeException | Error ex) {
				this.choices.completeExceptionally(ex);
			}
		}

		private List<CompletableFuture<RouteChoice>> round() {
			boolean local = LocalRouter.isLocal(this.claim.destination());
			return this.recipients.subList(this.next, Math.min(this.next + TOGETHER, this.recipients.size()))
				.stream()
				.map((one) -> ChoosingRouter.this.chooser.choose(this.claim, one, local).toCompletableFuture())
				.toList();
		}

		private void take(List<CompletableFuture<RouteChoice>> round) {
			List<RouteChoice> choices = round.stream().map(CompletableFuture::join).toList();
			choices.forEach((choice) -> add(choice, 1));
			choices.stream()
				.filter(RouteChoice.Late.class::isInstance)
				.findFirst()
				.ifPresent((late) -> add(late, this.recipients.size() - this.next));
		}

		private void add(RouteChoice choice, int count) {
			this.chosen.computeIfAbsent(choice, (key) -> new ArrayList<>())
				.addAll(this.recipients.subList(this.next, this.next + count));
			this.next += count;
		}

	}

	private CompletionStage<List<Leg>> legs(Claim claim, Map<RouteChoice, List<Recipient>> choices) {
		List<CompletableFuture<Leg>> legs = new ArrayList<>();
		choices.forEach(
				(choice, recipients) -> legs.add(leg(claim.destination(), choice, recipients).toCompletableFuture()));
		return CompletableFuture.allOf(legs.toArray(CompletableFuture[]::new))
			.thenApply((nothing) -> legs.stream().map(CompletableFuture::join).toList());
	}

	private CompletionStage<Leg> leg(String waiting, RouteChoice choice, List<Recipient> recipients) {
		if (choice instanceof RouteChoice.Host host) {
			return this.hosts.route(host.host(), host.configured())
				.thenApply((route) -> new Leg(host.host().destination(), route, recipients));
		}
		if (choice instanceof RouteChoice.Domain domain) {
			String destination = Destination.of(domain.domain());
			return this.hosts.route(destination).thenApply((route) -> new Leg(destination, route, recipients));
		}
		if (choice instanceof RouteChoice.Mailbox mailbox) {
			return CompletableFuture.completedFuture(mailbox(mailbox.mailbox(), recipients));
		}
		if (choice instanceof RouteChoice.Refusal refusal) {
			Route route = (refusal.reply().code() >= 500) ? new Route.Unroutable(refusal.reply())
					: new Route.Unavailable(refusal.reply());
			return CompletableFuture.completedFuture(new Leg(null, route, recipients));
		}
		if (choice instanceof RouteChoice.Late late) {
			return CompletableFuture.completedFuture(new Leg(null, new Route.Unavailable(late.reply()), recipients));
		}
		return this.configured.route(waiting).thenApply((route) -> new Leg(waiting, route, recipients));
	}

	private Leg mailbox(Mailbox mailbox, List<Recipient> recipients) {
		LocalDelivery delivery = this.local;
		if (delivery == null || !delivery.serves(mailbox)) {
			return new Leg(null, new Route.Unavailable(RoutingReplies.noMailboxHere(mailbox)), recipients);
		}
		return new Leg(LocalRouter.LOCAL, new Route.Local(new RedirectedDelivery(mailbox, delivery)), recipients);
	}

}
