/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Set;

import io.mailio.queue.QueueFullException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
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

	private JdbcFailures() {
	}

	/**
	 * Whether a statement is at fault, so that others may succeed, and not the database.
	 */
	static boolean isOfStatement(RuntimeException failure) {
		return failure instanceof UncheckedIOException || failure instanceof NonTransientDataAccessException
				&& !(failure instanceof NonTransientDataAccessResourceException) && !isFull(failure);
	}

	/** Whether somebody else has locked what was wanted. */
	static boolean isOfLock(Throwable failure) {
		return failure instanceof PessimisticLockingFailureException
				|| NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause
						&& LOCKED.contains(String.valueOf(cause.getSQLState()));
	}

	private static boolean isFull(Throwable failure) {
		return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause
				&& DISK_FULL.equals(cause.getSQLState());
	}

	/** The failure as a queue tells it. */
	static IOException of(RuntimeException failure) {
		if (failure instanceof UncheckedIOException unchecked) {
			return unchecked.getCause();
		}
		IOException told = isFull(failure)
				? new QueueFullException("The disk of the database is full: " + messageOf(failure))
				: new IOException("The database of the queue has failed: " + messageOf(failure));
		told.initCause(failure);
		return told;
	}

	/** In one line, without the statement. */
	static @Nullable String messageOf(Throwable failure) {
		String message = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		return (message != null) ? message.lines().findFirst().orElse("") : null;
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
