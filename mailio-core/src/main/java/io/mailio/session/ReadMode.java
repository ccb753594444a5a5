/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/** How the next octets from the client are read. */
public enum ReadMode {

	/** A line that is a command. */
	COMMAND,
	/** A line that a handler waits for. */
	LINE,
	/** Message content up to the line with the single dot. */
	DATA,
	/** As many octets as BDAT has announced. */
	CHUNK,
	/** Not at all, until a handler has answered. */
	PAUSED,
	/** Not at all, but a handler wants to know whether there is something. */
	PEEK,
	/** Thrown away: the connection closes. */
	DISCARD

}
