/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.smtp.Reply;

/** A client has connected (RFC 5321 section 3.1): the greeting. */
final class ConnectEvent extends Verb<String> {

	private final Reply greeting;

	/**
	 * The event of one listener.
	 * @param greeting the greeting, if no handler gives another
	 */
	ConnectEvent(Reply greeting) {
		super("connect");
		this.greeting = greeting;
	}

	@Override
	String check(Conversation conversation, String argument) {
		return argument;
	}

	@Override
	Reply reply(Conversation conversation, String argument) {
		return this.greeting;
	}

}
