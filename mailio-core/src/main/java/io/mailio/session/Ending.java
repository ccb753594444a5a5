/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/** How a session came to its end; {@link #toString()} is the word for the log. */
public enum Ending {

	/** The client said QUIT. */
	QUIT("quit"),
	/** The connection was closed by the client, or by the network. */
	LOST("lost"),
	/** Nothing came for too long, or too slowly. */
	TIMEOUT("timeout"),
	/** Too many commands or logins have failed. */
	ERRORS("too-many-errors"),
	/** The client went on sending what had been refused. */
	EXCESS("too-much-data"),
	/** It was refused with the last reply. */
	REFUSED("refused"),
	/** A handler ended it. */
	HANDLER("handler"),
	/** The client speaks another protocol. */
	FOREIGN("foreign-protocol"),
	/** There was clear text behind STARTTLS. */
	INJECTION("clear-text-behind-starttls"),
	/** TLS did not come about. */
	TLS("tls-failure"),
	/** The server stops. */
	SHUTDOWN("shutdown"),
	/** The server failed. */
	FAILURE("failure");

	private final String word;

	Ending(String word) {
		this.word = word;
	}

	@Override
	public String toString() {
		return this.word;
	}

}
