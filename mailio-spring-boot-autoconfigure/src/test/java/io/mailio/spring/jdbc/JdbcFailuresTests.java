/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;

import io.mailio.queue.QueueFullException;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;

import static org.assertj.core.api.Assertions.assertThat;

/** What is told of failures. */
class JdbcFailuresTests {

	private static final String SECRET = "Dear Bob";

	private static String told(IOException told) {
		StringWriter text = new StringWriter();
		told.printStackTrace(new PrintWriter(text));
		return text.toString();
	}

	@Test
	void neverTellsWhatWasToBeWritten() {
		SQLException server = new SQLException("ERROR: duplicate key value violates unique constraint \"" + SECRET
				+ "\"\n  Detail: Failing row contains (" + SECRET + ").", "23505");
		BatchUpdateException batch = new BatchUpdateException("Batch entry 0 INSERT ('" + SECRET + "') was aborted",
				"23505", 0, new int[0], server);
		BatchUpdateException alone = new BatchUpdateException("Batch entry 0 INSERT ('" + SECRET + "') was aborted",
				"42P01", 0, new int[0]);
		BatchUpdateException next = new BatchUpdateException(SECRET, "22021", 0, new int[0]);
		next.setNextException(server);
		for (Exception failure : List.of(server, batch, alone, next, new IllegalStateException(SECRET),
				new SQLException("Value too long: '" + SECRET + "'", "22001"))) {
			IOException told = JdbcFailures.of(new DataIntegrityViolationException("INSERT " + SECRET, failure));
			assertThat(told(told)).doesNotContain(SECRET).contains("JdbcFailuresTests.neverTells");
			assertThat(told).hasMessageContaining(
					(failure instanceof IllegalStateException) ? "IllegalStateException" : "SQLSTATE");
		}
	}

	@Test
	void tellsWhatTheDatabaseIsMissing() {
		assertThat(JdbcFailures.of(new BadSqlGrammarException("task", "SELECT",
				new SQLException("ERROR: relation \"mailio_message\" does not exist\n  Position: 15", "42P01"))))
			.hasMessage("The database of the queue has failed: ERROR: relation \"mailio_message\" does not exist");
		assertThat(JdbcFailures.of(new DataAccessResourceFailureException("x",
				new SQLTransientConnectionException("Not available, timed out", new ConnectException("refused")))))
			.hasMessageEndingWith("failed: Not available, timed out");
		assertThat(JdbcFailures.of(new UncategorizedSQLException("x", "INSERT", new SQLException("full", "53100"))))
			.isInstanceOf(QueueFullException.class);
		assertThat(JdbcFailures.of(new DataAccessResourceFailureException("x", new ConnectException("refused"))))
			.hasMessageEndingWith("failed: refused");
	}

}
