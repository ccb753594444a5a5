/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The end of a claim, on its way into the database.
 *
 * @param claimed what was claimed
 * @param kind what the end is
 * @param done the numbers of the recipients that are done with, if others are not
 * @param due when the others are tried again, by the time of the node; {@code null} if it
 * stays as it was
 * @param reply what was said to these others, as one line
 * @param kept completes when it is durable
 */
record Ending(Claimed claimed, Kind kind, List<Integer> done, @Nullable Instant due, @Nullable String reply,
		CompletableFuture<Void> kept) {

	/** What becomes of what was claimed. */
	enum Kind {

		/** All recipients are done with. */
		DONE,

		/** Some are tried again. */
		DEFERRED,

		/** Nothing was tried. */
		RETURNED

	}

	/** As if it had never been, perhaps for later. */
	static Ending returned(Claimed claimed, @Nullable Instant due) {
		return new Ending(claimed, Kind.RETURNED, List.of(), due, null, new CompletableFuture<>());
	}

}
