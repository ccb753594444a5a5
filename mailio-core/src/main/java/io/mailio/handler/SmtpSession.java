/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.List;
import java.util.Map;

import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Envelope;

/**
 * What is known of one connection: a read-only view. Handlers see the live session, and
 * may read it until they have answered; session events carry an immutable snapshot.
 */
public interface SmtpSession {

	/**
	 * A name for this session, unique in practice; it stands in the logs and in
	 * {@code Received}.
	 */
	String id();

	/**
	 * How many messages of this session were accepted so far, which is the number of the
	 * current transaction: 0 at first. A transaction that was refused or given up does
	 * not count; the names of transactions in logs and in {@code Received} count those,
	 * too.
	 */
	int transaction();

	/**
	 * The commands that were accepted: name to the code of the last reply. Entries of
	 * {@code mail}, {@code rcpt}, {@code data} and {@code queue} end with the
	 * transaction; STARTTLS ends all but those of {@code connect} and {@code starttls}.
	 */
	Map<String, Integer> accepted();

	/** The commands that were rejected, otherwise like {@link #accepted()}. */
	Map<String, Integer> rejected();

	/**
	 * Sender and recipients accepted so far.
	 * @throws IllegalStateException before MAIL was accepted
	 */
	Envelope envelope();

	/** The client. */
	ClientInfo client();

	/** This server. */
	ServerInfo server();

	/** Whether the connection is encrypted with TLS. */
	boolean secure();

	/** Whether the client has authenticated. */
	boolean authenticated();

	/**
	 * The authenticated user, without a password; with the principal that an
	 * {@code Authenticator} gave.
	 * @throws IllegalStateException if nobody is logged in; ask {@link #authenticated()}
	 */
	User user();

	/**
	 * How often something went wrong: {@code errors}, {@code unrecognized},
	 * {@code auth-failures}.
	 */
	Map<String, Integer> counters();

	/**
	 * The values that handlers have set: command to handler name to value. Prefer
	 * {@link SmtpResponse#get}.
	 */
	Map<String, Map<String, Object>> data();

	/** The names of the handlers in the order they run, by command. */
	Map<String, List<String>> handlers();

	/** The connection below. */
	ConnectionInfo connection();

	/**
	 * Adds a handler for this session only, at the end of the chain. It may block, as any
	 * {@link CommandHandler}.
	 * @param command the command or event, in lower case
	 * @param handler the handler
	 * @throws IllegalStateException on a snapshot
	 * @throws HandlerConfigurationException if that cannot be a command
	 */
	void on(String command, CommandHandler handler);

	/**
	 * Adds a non-blocking handler for this session only, at the end of the chain.
	 * @param command the command or event, in lower case
	 * @param handler the handler
	 * @throws IllegalStateException on a snapshot
	 * @throws HandlerConfigurationException if that cannot be a command
	 */
	void onReactive(String command, ReactiveCommandHandler handler);

}
