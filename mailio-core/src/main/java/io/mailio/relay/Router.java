/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.mailio.queue.Claim;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;

/**
 * Says where mail goes next. Safe for use by several threads; nothing here blocks.
 *
 * <p>
 * A destination is a text of at most 255 characters under which messages wait together
 * and that is all a route depends on: a domain in lower case with A-labels
 * ({@code example.org}), whose mail exchangers are asked for; an address literal
 * ({@code [192.0.2.1]}, {@code [IPv6:2001:db8:0:0:0:0:0:1]}); or a host and its port
 * ({@code [relay.example.net]:587}), which no address of a recipient looks like. So a
 * destination of this last form was chosen by the configuration, and may be private, or
 * by the application for an attempt ({@link #legs}).
 */
public interface Router {

	/**
	 * Where the messages of a recipient wait. Asks nobody.
	 * @param sender the sender
	 * @param recipient the recipient
	 * @return the destination
	 */
	String destination(ReversePath sender, Mailbox recipient);

	/**
	 * The hosts of a destination.
	 * @param destination see above
	 * @return the route, as of now; never completes exceptionally. On any thread: what
	 * follows it must not block
	 */
	CompletionStage<Route> route(String destination);

	/**
	 * Whether {@link #legs} may say anything else than {@link #route}. Asked for each
	 * attempt.
	 */
	default boolean isChoosing() {
		return false;
	}

	/**
	 * Where the recipients of a claim go this time; by {@link #route} unless the router
	 * chooses anew for each attempt.
	 * @param claim what is to be sent
	 * @return each recipient once. On any thread: what follows it must not block
	 */
	default CompletionStage<List<Leg>> legs(Claim claim) {
		return route(claim.destination())
			.thenApply((route) -> List.of(new Leg(claim.destination(), route, claim.envelope().recipients())));
	}

}
