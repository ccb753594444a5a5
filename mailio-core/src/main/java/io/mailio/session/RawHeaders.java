/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * What becomes of a message whose header fields hold octets above 127 although the client
 * has not declared them with SMTPUTF8 (RFC 5322 section 2.2, RFC 6531).
 */
public enum RawHeaders {

	/** It is refused. */
	REJECT,

	/** It is taken as it is. */
	ALLOW

}
