/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;

/**
 * Makes the tables of a {@link JdbcQueue} where they are missing, with
 * {@code schema-postgresql.sql} or {@code schema-h2.sql} beside this class. A bean of
 * this type replaces the one that is configured. What fails shows when the queue is
 * opened.
 */
public class JdbcQueueSchemaInitializer extends DataSourceScriptDatabaseInitializer {

	private static final Logger logger = LoggerFactory.getLogger(JdbcQueueSchemaInitializer.class);

	private final String tablePrefix;

	/**
	 * Prepares it.
	 * @param dataSource the database
	 * @param tablePrefix what the names of the tables begin with
	 * @param mode whether it is done
	 * @throws IllegalArgumentException if no table may be called like that
	 */
	public JdbcQueueSchemaInitializer(DataSource dataSource, String tablePrefix, DatabaseInitializationMode mode) {
		super(dataSource, settings(dataSource, mode));
		if (!JdbcQueueOptions.isTablePrefix(tablePrefix)) {
			throw new IllegalArgumentException("The names of tables cannot begin with '" + tablePrefix + "'");
		}
		this.tablePrefix = tablePrefix;
	}

	private static DatabaseInitializationSettings settings(DataSource dataSource, DatabaseInitializationMode mode) {
		DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
		settings.setMode(mode);
		// Two nodes may make them at the same time.
		settings.setContinueOnError(true);
		if (mode != DatabaseInitializationMode.NEVER) {
			settings.setSchemaLocations(locations(dataSource));
		}
		return settings;
	}

	/** None for a database that cannot keep a queue: the queue will say so. */
	private static List<String> locations(DataSource dataSource) {
		try {
			return List.of("classpath:io/mailio/spring/jdbc/schema-" + Database.of(dataSource).platform() + ".sql");
		}
		catch (QueueDatabaseException ex) {
			logger.debug("No tables are made", ex);
			return List.of();
		}
	}

	@Override
	protected void runScripts(Scripts scripts) {
		List<Resource> named = new ArrayList<>();
		for (Resource script : scripts) {
			named.add(named(script));
		}
		super.runScripts(new Scripts(named).continueOnError(scripts.isContinueOnError())
			.separator(scripts.getSeparator())
			.encoding(StandardCharsets.UTF_8));
	}

	private Resource named(Resource script) {
		try {
			String text = script.getContentAsString(StandardCharsets.UTF_8)
				.replace(JdbcQueueOptions.DEFAULT_TABLE_PREFIX, this.tablePrefix);
			return new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), script.getDescription());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
