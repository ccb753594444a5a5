/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.CompletionStage;

import io.mailio.queue.Claim;
import io.mailio.smtp.Recipient;

/**
 * Chooses where mail goes, anew for each attempt. Safe for use by several threads.
 */
public interface RouteChooser {

	/** Whether there is anybody to ask: if not, nothing is paid for it. */
	boolean isAsking();

	/**
	 * Chooses for one recipient. Must not block.
	 * @param claim the message; its content can be read until this has completed
	 * @param recipient one of the recipients of the claim
	 * @param local whether it is kept here, unless something else is chosen
	 * @return what was chosen. Never completes exceptionally. On any thread
	 */
	CompletionStage<RouteChoice> choose(Claim claim, Recipient recipient, boolean local);

}
