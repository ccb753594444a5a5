/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;

/**
 * Keeps here what belongs here, and asks another router for the way of everything else.
 */
public final class LocalRouter implements Router {

	/** What no address of a recipient looks like. */
	private static final String LOCAL = "(local)";

	private final LocalDelivery local;

	private final Router others;

	/**
	 * A router.
	 * @param local knows what belongs here
	 * @param others knows the way of the rest
	 */
	public LocalRouter(LocalDelivery local, Router others) {
		this.local = local;
		this.others = others;
	}

	@Override
	public String destination(ReversePath sender, Mailbox recipient) {
		return this.local.serves(recipient) ? LOCAL : this.others.destination(sender, recipient);
	}

	@Override
	public CompletionStage<Route> route(String destination) {
		return destination.equals(LOCAL) ? CompletableFuture.completedFuture(new Route.Local(this.local))
				: this.others.route(destination);
	}

}
