/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.InstantSource;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Two nodes with one H2. */
class H2NodesTests extends JdbcQueueNodes {

	H2NodesTests() {
		super(TestDatabase.h2());
	}

	@Test
	void saysWhatToDoWithoutTables() {
		TestDatabase database = TestDatabase.h2();
		JdbcQueueOptions options = new JdbcQueueOptions("other_", "node", JdbcQueueOptions.DEFAULT_LEASE,
				JdbcQueueOptions.DEFAULT_POLL_INTERVAL);
		assertThatExceptionOfType(QueueDatabaseException.class).isThrownBy(
				() -> JdbcQueue.open(database.dataSource(), options, Statements.DATABASE_TIME, InstantSource.system()))
			.withMessageContaining("other_message")
			.satisfies((ex) -> assertThat(ex.advice()).contains("schema-h2.sql", "initialize-schema=always"));
		database.clear();
	}

}
