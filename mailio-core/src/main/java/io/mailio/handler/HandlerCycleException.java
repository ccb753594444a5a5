/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * {@code before} and {@code after} of one command contradict each other; the message
 * draws the circle.
 */
public final class HandlerCycleException extends HandlerConfigurationException {

	private static final long serialVersionUID = 1L;

	HandlerCycleException(String message, String advice) {
		super(message, advice);
	}

}
