/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

/** What the log warns of when a server starts: it works, but not as one would expect. */
public enum StartWarning {

	/** Every message will be refused. */
	NOBODY_KEEPS_MAIL("Configure a maildir or add a handler for 'queue'."),

	/**
	 * AUTH is possible or even required, but needs TLS, and there are no keys for that.
	 */
	AUTH_WITHOUT_KEYS("Configure keys for TLS, or to take passwords in clear text, allow AUTH without TLS."),

	/** AUTH is required, but nothing checks credentials. */
	NOBODY_CAN_LOG_IN("Add an authenticator or a handler for 'auth'."),

	/** Everybody can send mail to everywhere. */
	OPEN_RELAY("Unless nobody but friends can reach it, do not allow to relay without authentication.");

	private final String advice;

	StartWarning(String advice) {
		this.advice = advice;
	}

	/** What to do about it, in the words of {@link SmtpServer.Builder}. */
	public String advice() {
		return this.advice;
	}

}
