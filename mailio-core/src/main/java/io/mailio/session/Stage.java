/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * How far a session has come: what the client may ask next (RFC 5321 section 4.1.4).
 * Whether it is encrypted or authenticated is a fact beside it, not a stage.
 */
public enum Stage {

	/** Connected, not yet introduced. */
	CONNECTED,
	/** EHLO or HELO was accepted; no transaction. */
	IDENTIFIED,
	/** MAIL was accepted. */
	SENDER,
	/** At least one RCPT was accepted. */
	RECIPIENTS,
	/** A first BDAT has come, the last has not (RFC 3030 section 2). */
	CHUNKS,
	/** The last reply is sent; nothing more is read. */
	CLOSING

}
