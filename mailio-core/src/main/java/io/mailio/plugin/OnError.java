/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin;

/** What it means for a client that a service which a handler asks does not answer. */
public enum OnError {

	/** The handler accepts, as if it had not been there. */
	ACCEPT,
	/** The client gets a temporary failure, and tries again later. */
	TEMPFAIL

}
