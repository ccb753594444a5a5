/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Map;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import io.mailio.smtp.SmtpCommand;

/**
 * What the client asks, as a handler sees it: a read-only view, valid until the handler
 * has answered. What a command does not know cannot be asked: the accessor throws
 * {@link IllegalStateException} and says at which commands it can be called.
 */
public interface SmtpRequest {

	/** The command: its name in lower case and the data behind it. */
	SmtpCommand command();

	/** The session that the command belongs to. */
	SmtpSession session();

	/**
	 * This handler's own properties, those below
	 * {@code mailio.handlers.<command>.<name>}.
	 */
	Map<String, String> config();

	/**
	 * The user: at {@code auth} who wants to log in, with the password if the client sent
	 * one; later who did, without it.
	 * @throws IllegalStateException if nobody is logged in
	 */
	User user();

	/**
	 * The sender: at {@code mail} the one to decide about, at {@code rcpt}, {@code data}
	 * and {@code queue} the accepted one.
	 * @throws IllegalStateException where no sender is known: outside of a transaction
	 */
	ReversePath from();

	/**
	 * The recipient to decide about.
	 * @throws IllegalStateException at any other command than {@code rcpt}
	 */
	Mailbox to();

	/**
	 * The parameters of the MAIL or RCPT command to decide about.
	 * @throws IllegalStateException at any other command than {@code mail} and
	 * {@code rcpt}
	 */
	Parameters parameters();

	/**
	 * The received message. It can be read until the handler has answered.
	 * @throws IllegalStateException at any other event than {@code queue}
	 */
	ReceivedMessage message();

}
