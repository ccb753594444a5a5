/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Set;

import io.mailio.queue.QueueFullException;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.TransactionException;

/** What failures of the database mean to whoever uses a queue. */
final class JdbcFailures {

	/** PostgreSQL's {@code disk_full}. */
	private static final String DISK_FULL = "53100";

	/** {@code lock_not_available} of PostgreSQL, and the timeout of H2. */
	private static final Set<String> LOCKED = Set.of("55P03", "HYT00");

	/**
	 * Classes of SQLSTATE whose messages name no values: connections, rights, names of
	 * tables, deadlocks, resources, operators, the system. Not those of data and
	 * constraints.
	 */
	private static final Set<String> WITHOUT_VALUES = Set.of("08", "28", "3D", "40", "42", "53", "55", "57", "58");

	private static final int MAX_CAUSES = 20;

	private JdbcFailures() {
	}

	/**
	 * Whether a statement is at fault, so that others may succeed, and not the database.
	 */
	static boolean isOfStatement(Throwable failure) {
		return failure instanceof UncheckedIOException || failure instanceof NonTransientDataAccessException
				&& !(failure instanceof NonTransientDataAccessResourceException) && !isFull(failure);
	}

	/** Whether somebody else has locked what was wanted. */
	static boolean isOfLock(Throwable failure) {
		return failure instanceof PessimisticLockingFailureException
				|| root(failure) instanceof SQLException cause && LOCKED.contains(String.valueOf(cause.getSQLState()));
	}

	private static boolean isFull(Throwable failure) {
		return root(failure) instanceof SQLException cause && DISK_FULL.equals(cause.getSQLState());
	}

	/**
	 * The failure as a queue tells it. What drivers say may be made of what was to be
	 * written, mail and addresses: so it is not passed on.
	 */
	static IOException of(Throwable failure) {
		if (failure instanceof UncheckedIOException unchecked) {
			return unchecked.getCause();
		}
		IOException told = isFull(failure)
				? new QueueFullException("The disk of the database is full: " + messageOf(failure))
				: new IOException("The database of the queue has failed: " + messageOf(failure));
		told.initCause(withoutValues(failure));
		return told;
	}

	/** Where it has happened, for logs. */
	static SQLException withoutValues(Throwable failure) {
		Throwable root = root(failure);
		SQLException told = new SQLException(root.getClass().getName() + ": " + messageOf(failure),
				(root instanceof SQLException cause) ? cause.getSQLState() : null);
		told.setStackTrace(failure.getStackTrace());
		return told;
	}

	/** In one line, without the statement and its values. */
	static String messageOf(Throwable failure) {
		Throwable root = root(failure);
		String state = (root instanceof SQLException cause) ? cause.getSQLState() : null;
		String message = root.getMessage();
		if (message == null || message.isBlank() || !isHarmless(root, state)) {
			return root.getClass().getSimpleName() + ((state != null) ? ", SQLSTATE " + state : "");
		}
		return Printable.of(message.lines().findFirst().orElse(""));
	}

	private static boolean isHarmless(Throwable root, @Nullable String state) {
		if (root instanceof SQLException) {
			return !(root instanceof BatchUpdateException)
					&& (state == null || state.length() == 5 && WITHOUT_VALUES.contains(state.substring(0, 2)));
		}
		return root instanceof IOException;
	}

	/** The innermost that comes from the driver, or else the innermost. */
	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		Throwable next = failure;
		for (int i = 0; i < MAX_CAUSES && next != null; i++) {
			if (next instanceof SQLException || !(root instanceof SQLException)) {
				root = next;
			}
			next = (next instanceof BatchUpdateException batch && batch.getNextException() != null)
					? batch.getNextException() : next.getCause();
		}
		return root;
	}

	/** Something that the database is asked for. */
	interface Work<T extends @Nullable Object> {

		T ask() throws IOException;

	}

	/** Asks the database. */
	static <T extends @Nullable Object> T reading(Work<T> work) throws IOException {
		try {
			return work.ask();
		}
		catch (DataAccessException | TransactionException ex) {
			throw of(ex);
		}
	}

	/** The same for who cannot throw it. */
	static <T> T unchecked(Work<T> work) {
		try {
			return reading(work);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex.getMessage(), ex);
		}
	}

}
