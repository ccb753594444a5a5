/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Optional;

/**
 * How much of the message a notification of failure brings back (RFC 3461 section 4.3).
 */
public enum DsnReturn {

	/** The whole message. */
	FULL,
	/** Its header section. */
	HDRS;

	/**
	 * Reads the value of RET.
	 * @param value in any case
	 * @return what it names, empty if it is malformed
	 */
	public static Optional<DsnReturn> parse(String value) {
		return value.equalsIgnoreCase("FULL") ? Optional.of(FULL)
				: value.equalsIgnoreCase("HDRS") ? Optional.of(HDRS) : Optional.empty();
	}

}
