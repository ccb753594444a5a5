/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * What becomes of clients that speak before they are greeted (RFC 5321 section 3.1 has
 * the server speak first). Proper mail servers wait; much malware does not.
 */
public enum EarlyTalkers {

	/** What they say is read after the greeting. */
	ALLOW,
	/** They get 554 instead of the greeting, and the connection closes. */
	REJECT

}
