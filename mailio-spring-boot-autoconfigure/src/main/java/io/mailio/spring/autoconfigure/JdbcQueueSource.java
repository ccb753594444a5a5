/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import javax.sql.DataSource;

import io.mailio.RelaySpec;
import io.mailio.spring.jdbc.JdbcQueue;
import io.mailio.spring.jdbc.JdbcQueueOptions;
import io.mailio.spring.jdbc.QueueDatabaseException;

/**
 * Opens the queue in the application's database.
 *
 * @param dataSource the database
 * @param options how it is used
 */
record JdbcQueueSource(DataSource dataSource, JdbcQueueOptions options) implements RelaySpec.QueueSource {

	@Override
	public JdbcQueue open() throws QueueDatabaseException {
		return JdbcQueue.open(this.dataSource, this.options);
	}

	/** For the log. */
	@Override
	public String toString() {
		return "the tables " + this.options.tablePrefix() + "* of the database";
	}

}
