/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

/**
 * What becomes of a CR or LF in content that is not part of a CRLF (RFC 5321 section
 * 2.3.8 forbids it). Under each setting the end of data is CRLF, dot, CRLF and nothing
 * else, so that no input can make one message into two.
 */
public enum BareNewline {

	/** The message is refused. */
	REJECT,
	/** A bare CR or LF becomes CRLF, and ends a line as far as limits are concerned. */
	FIX,
	/** It is kept as it is; a bare LF ends a line as far as limits are concerned. */
	ALLOW

}
