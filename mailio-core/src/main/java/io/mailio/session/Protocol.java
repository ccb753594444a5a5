/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/** What a listener speaks. */
public enum Protocol {

	/** RFC 5321: between servers, and for submission. */
	SMTP,

	/**
	 * RFC 2033: delivery from a server that keeps a queue, with one reply for each
	 * recipient. Not for the open internet.
	 */
	LMTP

}
