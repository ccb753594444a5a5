/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/** Two handlers of one command have the same name. */
public final class DuplicateHandlerException extends HandlerConfigurationException {

	private static final long serialVersionUID = 1L;

	DuplicateHandlerException(String message, String advice) {
		super(message, advice);
	}

}
