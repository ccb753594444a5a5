/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/** A MAIL or RCPT command names the same parameter twice. */
public final class DuplicateParameterException extends Exception {

	private static final long serialVersionUID = 1L;

	DuplicateParameterException() {
		super("the same parameter twice", null, false, false);
	}

}
