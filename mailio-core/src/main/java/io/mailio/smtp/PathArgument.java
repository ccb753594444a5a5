/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * The argument of MAIL or RCPT, read: a path and the parameters behind it.
 *
 * @param path the mailbox, or the null path
 * @param parameters the parameters
 */
public record PathArgument(ReversePath path, Parameters parameters) {

	/** Whether the path is one of RFC 5321; if not, it needs SMTPUTF8 (RFC 6531). */
	public boolean isAscii() {
		return this.path.isAscii();
	}

}
