/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** A database with the tables of a queue, in which a test says what time it is. */
final class TestDatabase {

	private static final Duration NEVER = Duration.ofDays(1);

	private final HikariDataSource dataSource;

	private final JdbcTemplate jdbc;

	private TestDatabase(HikariDataSource dataSource, String platform) {
		this.dataSource = dataSource;
		this.jdbc = new JdbcTemplate(dataSource);
		DatabasePopulatorUtils.execute(
				new ResourceDatabasePopulator(new ClassPathResource("schema-" + platform + ".sql", JdbcQueue.class)),
				dataSource);
		this.jdbc.execute("CREATE TABLE IF NOT EXISTS test_clock (moment TIMESTAMP WITH TIME ZONE)");
		this.jdbc.update("DELETE FROM test_clock");
		this.jdbc.update("INSERT INTO test_clock VALUES (CURRENT_TIMESTAMP)");
	}

	/** A new one in memory. */
	static TestDatabase h2() {
		return new TestDatabase(pool("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa"), "h2");
	}

	/** One that is there; its tables are made if they are not. */
	static TestDatabase postgresql(String url, String user) {
		return new TestDatabase(pool(url, user), "postgresql");
	}

	private static HikariDataSource pool(String url, String user) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(url);
		dataSource.setUsername(user);
		dataSource.setPassword("");
		return dataSource;
	}

	DataSource dataSource() {
		return this.dataSource;
	}

	JdbcTemplate jdbc() {
		return this.jdbc;
	}

	/** What the database says from now on. */
	void timeIs(Instant time) {
		this.jdbc.update("UPDATE test_clock SET moment = ?", time.atOffset(ZoneOffset.UTC));
	}

	/** A node that does nothing by itself. */
	JdbcQueue open(String node, Duration lease, InstantSource clock) throws IOException {
		return open(this.dataSource, node, lease, clock);
	}

	/** One with connections of its own. */
	JdbcQueue open(DataSource dataSource, String node, Duration lease, InstantSource clock) throws IOException {
		return JdbcQueue.open(dataSource, new JdbcQueueOptions("mailio_", node, lease, NEVER),
				"(SELECT moment FROM test_clock)", clock);
	}

	/** Takes everything away. */
	void clear() {
		List.of("message", "suspension", "clock").forEach((table) -> this.jdbc.update("DELETE FROM mailio_" + table));
		this.dataSource.close();
	}

}
