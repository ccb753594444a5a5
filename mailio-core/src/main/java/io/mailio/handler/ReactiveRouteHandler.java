/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import reactor.core.publisher.Mono;

/**
 * A {@link RouteHandler} that decides later. It must not block; the content of the
 * message may lie on a disk, so reading it is for those who may.
 */
@FunctionalInterface
public interface ReactiveRouteHandler {

	/**
	 * Decides.
	 * @param req the recipient and its message
	 * @return the decision; an empty or failed one lets the recipient wait for the next
	 * attempt. It is cancelled when its deadline has passed
	 */
	Mono<RouteDecision> route(RouteRequest req);

}
