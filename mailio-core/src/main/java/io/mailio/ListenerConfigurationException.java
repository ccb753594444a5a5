/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

/**
 * A listener lacks something that it needs. Thrown when a server is built. The message
 * says what is wrong, {@link #advice()} what to do about it.
 */
public final class ListenerConfigurationException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	ListenerConfigurationException(String message, String advice) {
		super(message);
		this.advice = advice;
	}

	/** What the user can do. */
	public String advice() {
		return this.advice;
	}

}
