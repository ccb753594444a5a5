/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract in a real PostgreSQL. */
@Tag("interop")
class PostgresqlQueueTests extends JdbcQueueContract {

	private static PostgresqlServer server;

	PostgresqlQueueTests() {
		super(server.database());
	}

	@BeforeAll
	static void start(@TempDir Path directory) {
		server = new PostgresqlServer(directory);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

}
