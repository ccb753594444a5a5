/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/** How far a delivery had come when it was decided. */
public enum Phase {

	/** The connection was being opened. */
	CONNECT("while connecting"),
	/** The server was to greet. */
	GREETING("while waiting for the greeting"),
	/** EHLO, HELO or LHLO. */
	EHLO("after EHLO"),
	/** STARTTLS and the handshake. */
	TLS("while starting TLS"),
	/** The login. */
	AUTH("during the login"),
	/** MAIL, and what must be right before it is sent. */
	MAIL("after MAIL"),
	/** The recipient. */
	RCPT("after RCPT"),
	/** DATA, before the content. */
	DATA("after DATA"),
	/** The content and the reply to it. */
	CONTENT("while sending the content");

	private final String text;

	Phase(String text) {
		this.text = text;
	}

	/** For reports. */
	String text() {
		return this.text;
	}

	/**
	 * Whether no transaction had begun: it says something about the server, and nothing
	 * about the message.
	 */
	public boolean isOpening() {
		return compareTo(MAIL) < 0;
	}

}
