/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * Keeps here what belongs here, and asks another router for the way of everything else.
 */
public final class LocalRouter implements Router {

	/** What no address of a recipient looks like. */
	static final String LOCAL = "(local)";

	private final @Nullable LocalDelivery local;

	private final Router others;

	/**
	 * A router.
	 * @param local knows what belongs here; {@code null} if nothing does, and what waits
	 * here goes on waiting
	 * @param others knows the way of the rest
	 */
	public LocalRouter(@Nullable LocalDelivery local, Router others) {
		this.local = local;
		this.others = others;
	}

	/** Whether what waits there stays here. */
	static boolean isLocal(String destination) {
		return destination.equals(LOCAL);
	}

	@Override
	public String destination(ReversePath sender, Mailbox recipient) {
		return (this.local != null && this.local.serves(recipient)) ? LOCAL
				: this.others.destination(sender, recipient);
	}

	@Override
	public CompletionStage<Route> route(String destination) {
		if (!isLocal(destination)) {
			return this.others.route(destination);
		}
		return CompletableFuture.completedFuture((this.local != null) ? new Route.Local(this.local)
				: new Route.Unavailable(RoutingReplies.noLocalDelivery()));
	}

}
