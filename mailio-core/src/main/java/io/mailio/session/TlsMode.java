/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/** How a listener uses TLS. */
public enum TlsMode {

	/** Never. */
	NONE,

	/** The client may ask for it with STARTTLS (RFC 3207). */
	STARTTLS,

	/** From the first octet (RFC 8314 section 3.3). */
	IMPLICIT

}
