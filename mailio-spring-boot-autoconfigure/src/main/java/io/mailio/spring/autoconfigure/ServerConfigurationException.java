/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The properties of the server cannot mean what they say. The message says what is wrong,
 * {@link #advice()} what to do about it.
 */
final class ServerConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	ServerConfigurationException(String message, String advice, @Nullable Throwable cause) {
		super(message, cause);
		this.advice = advice;
	}

	/** What the user can do. */
	String advice() {
		return this.advice;
	}

}
