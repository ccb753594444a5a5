/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of the database as far as it is known without asking: the node's, put right by
 * how far the two were apart when the database was asked last. Safe for use by several
 * threads.
 */
final class DatabaseClock {

	private final InstantSource node;

	private volatile Duration ahead = Duration.ZERO;

	DatabaseClock(InstantSource node) {
		this.node = node;
	}

	/** The database has just said what time it is. */
	void is(Instant time) {
		this.ahead = Duration.between(this.node.instant(), time);
	}

	/** About now. */
	Instant now() {
		return this.node.instant().plus(this.ahead);
	}

	/** What the database calls a time of the node's. */
	Instant of(Instant nodeTime) {
		return nodeTime.plus(this.ahead);
	}

	/** What the node calls a time of the database's. */
	Instant nodeTime(Instant databaseTime) {
		return databaseTime.minus(this.ahead);
	}

}
