/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.sql.DatabaseMetaData;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** The databases that can keep a queue, and what they say differently. */
enum Database {

	/** For nodes that are to run. */
	POSTGRESQL("PostgreSQL", 12, 0) {

		@Override
		String nextIds(String prefix, String now) {
			return "SELECT nextval('" + prefix + "message_id'), " + now + " FROM generate_series(1, ?)";
		}

		/** From one destination to the next, by the index: not through all messages. */
		@Override
		String destinations(String prefix) {
			return """
					WITH RECURSIVE known (destination) AS (
						(SELECT destination FROM %1$sdelivery ORDER BY destination FETCH FIRST 1 ROW ONLY)
						UNION ALL
						SELECT (SELECT d.destination FROM %1$sdelivery d WHERE d.destination > known.destination
							ORDER BY d.destination FETCH FIRST 1 ROW ONLY)
						FROM known WHERE known.destination IS NOT NULL)
					SELECT destination FROM known WHERE destination IS NOT NULL""".formatted(prefix);
		}

		/** For this transaction only. */
		@Override
		String unforced() {
			return "set_config('synchronous_commit', 'off', TRUE)";
		}

		/** For this transaction only. */
		@Override
		String patience() {
			return "set_config('lock_timeout', '2s', TRUE)";
		}

		@Override
		String binary(String column) {
			return column + " COLLATE \"C\"";
		}

	},

	/** For tests and demonstrations. */
	H2("H2", 2, 2) {

		@Override
		String nextIds(String prefix, String now) {
			return "SELECT NEXT VALUE FOR " + prefix + "message_id, " + now + " FROM SYSTEM_RANGE(1, ?)";
		}

		@Override
		String destinations(String prefix) {
			return "SELECT DISTINCT destination FROM " + prefix + "delivery";
		}

		@Override
		String unforced() {
			return "NULL";
		}

		/** It has two seconds by itself. */
		@Override
		String patience() {
			return "NULL";
		}

		@Override
		String binary(String column) {
			return column;
		}

	};

	private final String product;

	private final int major;

	private final int minor;

	Database(String product, int major, int minor) {
		this.product = product;
		this.major = major;
		this.minor = minor;
	}

	/**
	 * Asks which one it is.
	 * @throws QueueDatabaseException if it cannot be reached, or is another one
	 */
	static Database of(DataSource dataSource) throws QueueDatabaseException {
		Version version = version(dataSource);
		for (Database database : values()) {
			if (database.product.equals(version.product())) {
				if (version.major() > database.major
						|| (version.major() == database.major && version.minor() >= database.minor)) {
					return database;
				}
				break;
			}
		}
		throw new QueueDatabaseException(
				"%s %d.%d cannot keep the queue".formatted(version.product(), version.major(), version.minor()),
				"Keep the queue in one of these: " + supported()
						+ "; or in files, with 'mailio.queue.type=file' (one directory for each node).",
				null);
	}

	private static String supported() {
		return Arrays.stream(values())
			.map((one) -> one.product + " " + one.major + "." + one.minor + " or later")
			.collect(Collectors.joining(", "));
	}

	private record Version(String product, int major, int minor) {
	}

	private static Version version(DataSource dataSource) throws QueueDatabaseException {
		try {
			return JdbcUtils.extractDatabaseMetaData(dataSource,
					(DatabaseMetaData data) -> new Version(data.getDatabaseProductName(),
							data.getDatabaseMajorVersion(), data.getDatabaseMinorVersion()));
		}
		catch (MetaDataAccessException ex) {
			throw new QueueDatabaseException("The database cannot be reached: " + ex.getMessage(),
					"Start the database, or look at the properties below 'spring.datasource'.", ex);
		}
	}

	/** What its script is called. */
	String platform() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** Parameter: how many. Gives names of messages, and the time. */
	abstract String nextIds(String prefix, String now);

	/** Gives all destinations for which something waits. */
	abstract String destinations(String prefix);

	/** Lets the commit return before it is on the disk, as a column of a query. */
	abstract String unforced();

	/** Lets nobody wait for a lock for more than two seconds, as a column of a query. */
	abstract String patience();

	/** To sort a column as Java does. */
	abstract String binary(String column);

}
