/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * An address or a parameter is not what RFC 5321 section 4.1.2 allows. The message says
 * what is wrong in words of ours and never repeats what the client sent, so that it may
 * stand in a reply.
 */
public final class AddressSyntaxException extends Exception {

	private static final long serialVersionUID = 1L;

	public AddressSyntaxException(String message) {
		super(message, null, false, false);
	}

}
