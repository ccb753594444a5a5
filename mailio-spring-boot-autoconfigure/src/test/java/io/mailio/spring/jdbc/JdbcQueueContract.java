/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageQueueContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * The contract in a database, where the time of the tests stands in a table: it is what
 * the database says it is. What happens from time to time happens when it has changed.
 */
abstract class JdbcQueueContract extends MessageQueueContract {

	private final TestDatabase database;

	private @Nullable JdbcQueue queue;

	JdbcQueueContract(TestDatabase database) {
		this.database = database;
	}

	@Override
	protected void timeIs(Instant time) {
		this.database.timeIs(time);
		if (this.queue != null) {
			this.queue.renew();
			this.queue.poll();
		}
	}

	@Override
	protected MessageQueue open(InstantSource clock) throws IOException {
		this.queue = this.database.open("node", Duration.ofMinutes(10), clock);
		return this.queue;
	}

	@Override
	@AfterEach
	protected void close() {
		super.close();
		this.database.clear();
	}

}
