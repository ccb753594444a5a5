/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * A handler cannot be registered as asked. Thrown when chains are built, never while a
 * session runs. The message says what is wrong, {@link #advice()} what to do about it.
 */
public class HandlerConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	public HandlerConfigurationException(String message, String advice) {
		super(message);
		this.advice = advice;
	}

	/** What the user can do. */
	public String advice() {
		return this.advice;
	}

}
