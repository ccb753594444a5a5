/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

/** How a client protects its connection. */
enum Encryption {

	NONE,

	/** On the port for everyone, with the command of that name. */
	STARTTLS,

	/** On a port of its own, from the first octet (RFC 8314). */
	IMPLICIT

}
