/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/** {@code before} or {@code after} names a handler that does not exist. */
public final class UnknownHandlerException extends HandlerConfigurationException {

	private static final long serialVersionUID = 1L;

	UnknownHandlerException(String message, String advice) {
		super(message, advice);
	}

}
