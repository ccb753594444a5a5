/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A queue cannot be kept in the database. The message says why, {@link #advice()} what to
 * do about it.
 */
public final class QueueDatabaseException extends IOException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	QueueDatabaseException(String message, String advice, @Nullable Throwable cause) {
		super(message, cause);
		this.advice = advice;
	}

	/** What the user can do. */
	public String advice() {
		return this.advice;
	}

}
