/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import io.mailio.handler.HandlerConfigurationException;

/**
 * A class or method with {@link SmtpHandler} cannot be called: its arguments, its return
 * type or an attribute do not fit, or a proxy hides it. Thrown at start.
 */
public final class HandlerSignatureException extends HandlerConfigurationException {

	private static final long serialVersionUID = 1L;

	public HandlerSignatureException(String message, String advice) {
		super(message, advice);
	}

}
