/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one connection knows. Changed on the session's event loop only, while
 * no handler runs; the values that handlers set are the exception and are guarded.
 */
public final class SessionState {

	private final String id;

	private final ServerInfo server;

	private ConnectionInfo connection;

	private ClientInfo client;

	private Stage stage = Stage.CONNECTED;

	private @Nullable Transaction transaction;

	private int transactions;

	private int kept;

	private int begun;

	private boolean extended;

	private @Nullable String username;

	private @Nullable Object principal;

	private int errors;

	private int unrecognized;

	private int authFailures;

	private int commands;

	private int refusedMessages;

	private String lastRefused = "";

	private @Nullable Reply lastRefusal;

	private @Nullable Ending ending;

	private final CommandCodes accepted = new CommandCodes();

	private final CommandCodes rejected = new CommandCodes();

	/** Volatile so that nobody locks what most sessions do not have. */
	private volatile @Nullable Map<String, Map<String, Object>> values;

	public SessionState(String id, ServerInfo server, ConnectionInfo connection, ClientInfo client) {
		this.id = id;
		this.server = server;
		this.connection = connection;
		this.client = client;
	}

	/** The name of the session. */
	public String id() {
		return this.id;
	}

	/**
	 * The name of the current transaction, for logs and trace headers. Other than
	 * {@link #transactions()} it counts all that were begun, so that no two share it.
	 */
	public String transactionId() {
		return this.id + "." + Math.max(0, this.begun - 1);
	}

	public ServerInfo server() {
		return this.server;
	}

	public ConnectionInfo connection() {
		return this.connection;
	}

	public ClientInfo client() {
		return this.client;
	}

	public Stage stage() {
		return this.stage;
	}

	/**
	 * The number of accepted messages, which is the number of the current transaction.
	 */
	public int transactions() {
		return this.transactions;
	}

	/** The number of those whose content somebody wanted. */
	public int kept() {
		return this.kept;
	}

	/** The transaction, {@code null} before MAIL. */
	public @Nullable Transaction transaction() {
		return this.transaction;
	}

	/** Whether the client said EHLO, not HELO. */
	public boolean extended() {
		return this.extended;
	}

	/** Who is logged in, {@code null} if nobody is. */
	public @Nullable String username() {
		return this.username;
	}

	/**
	 * What an authenticator said who is logged in, {@code null} if it said a name only.
	 */
	public @Nullable Object principal() {
		return this.principal;
	}

	/** The name of the client is known. */
	public void resolved(String hostname) {
		this.client = new ClientInfo(this.client.address(), hostname, this.client.helo());
	}

	/** EHLO or HELO was accepted: the transaction is over (RFC 5321 section 4.1.4). */
	public void identified(String helo, boolean extended) {
		this.client = new ClientInfo(this.client.address(), this.client.hostname(), helo);
		this.extended = extended;
		reset();
		this.stage = Stage.IDENTIFIED;
	}

	/** TLS has begun: nothing that was said before counts (RFC 3207 section 4.2). */
	public void secured(TlsInfo tls) {
		this.connection = new ConnectionInfo(this.connection.local(), this.connection.remote(), tls);
		this.client = new ClientInfo(this.client.address(), this.client.hostname(), "");
		this.extended = false;
		this.username = null;
		this.principal = null;
		reset();
		this.accepted.beginAnew();
		this.rejected.beginAnew();
		forgetClearTextValues();
		this.stage = Stage.CONNECTED;
	}

	/** AUTH succeeded. */
	public void authenticated(String username, @Nullable Object principal) {
		this.username = username;
		this.principal = principal;
	}

	/** MAIL was accepted. */
	public void begin(Transaction transaction) {
		this.begun++;
		this.transaction = transaction;
		this.stage = Stage.SENDER;
	}

	/** RCPT was accepted. */
	public void recipients(Transaction transaction) {
		this.transaction = transaction;
		this.stage = Stage.RECIPIENTS;
	}

	/** The first chunk of the message has come. */
	public void chunks() {
		this.stage = Stage.CHUNKS;
	}

	/**
	 * The message of the transaction was accepted.
	 * @param kept whether anybody wanted its content
	 */
	public void completed(boolean kept) {
		this.transactions++;
		this.kept += kept ? 1 : 0;
		reset();
	}

	/** The transaction is over, whatever became of it. */
	public void reset() {
		this.transaction = null;
		switch (this.stage) {
			case SENDER, RECIPIENTS, CHUNKS -> this.stage = Stage.IDENTIFIED;
			case CONNECTED, IDENTIFIED, CLOSING -> {
			}
		}
		this.accepted.endTransaction();
		this.rejected.endTransaction();
		forgetTransactionValues();
	}

	/** Nothing more will be read. */
	public void closing(Ending ending) {
		this.stage = Stage.CLOSING;
		endsBy(ending);
	}

	/** How it ends; the first reason counts. */
	public void endsBy(Ending ending) {
		if (this.ending == null) {
			this.ending = ending;
		}
	}

	/** How it has ended, when it has. */
	public Ending ending() {
		return (this.ending != null) ? this.ending : Ending.LOST;
	}

	/** Counts a line that was read as a command. */
	public void countCommand() {
		this.commands++;
	}

	/** How many lines were read as commands. */
	public int commands() {
		return this.commands;
	}

	/** Counts a message that was refused after its content. */
	public void countRefusedMessage() {
		this.refusedMessages++;
	}

	/** How many messages were refused after their content. */
	public int refusedMessages() {
		return this.refusedMessages;
	}

	/** A command was accepted. */
	public void accepted(String command, int code) {
		this.accepted.put(command, code);
		this.rejected.remove(command);
	}

	/** A command was rejected. */
	public void rejected(String command, int code) {
		this.rejected.put(command, code);
		this.accepted.remove(command);
	}

	public Map<String, Integer> accepted() {
		return this.accepted.asMap();
	}

	public Map<String, Integer> rejected() {
		return this.rejected.asMap();
	}

	/** Counts a refused command. */
	public void countError() {
		this.errors++;
	}

	/**
	 * Remembers a refusal.
	 * @param what the command, or the handler as {@code command/name}
	 * @param reply how it was refused
	 */
	public void refused(String what, Reply reply) {
		this.lastRefused = what;
		this.lastRefusal = reply;
	}

	/** The command or handler that refused last, empty if none did. */
	public String lastRefused() {
		return this.lastRefused;
	}

	/** How it was refused, {@code null} if none was. */
	public @Nullable Reply lastRefusal() {
		return this.lastRefusal;
	}

	/** How many commands were refused. */
	public int errors() {
		return this.errors;
	}

	/** Counts an unknown command. */
	public void countUnrecognized() {
		this.unrecognized++;
	}

	/** How many commands were unknown. */
	public int unrecognized() {
		return this.unrecognized;
	}

	/** Counts a failed authentication. */
	public void countAuthFailure() {
		this.authFailures++;
	}

	/** How many authentications have failed. */
	public int authFailures() {
		return this.authFailures;
	}

	public Map<String, Integer> counters() {
		Map<String, Integer> counters = new LinkedHashMap<>();
		counters.put("errors", this.errors);
		counters.put("unrecognized", this.unrecognized);
		counters.put("auth-failures", this.authFailures);
		return Map.copyOf(counters);
	}

	/** Keeps a handler's value; from any thread. */
	public synchronized void set(String command, String handler, Object value) {
		if (this.values == null) {
			this.values = new HashMap<>(4);
		}
		this.values.computeIfAbsent(command, (key) -> new LinkedHashMap<>(4)).put(handler, value);
	}

	/** The values set by the handlers of a command; from any thread. */
	public synchronized Map<String, Object> values(String command) {
		Map<String, Object> ofCommand = (this.values != null) ? this.values.get(command) : null;
		return (ofCommand != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(ofCommand)) : Map.of();
	}

	/** All values set by handlers; from any thread. */
	public synchronized Map<String, Map<String, Object>> values() {
		if (this.values == null) {
			return Map.of();
		}
		Map<String, Map<String, Object>> copy = new LinkedHashMap<>();
		this.values.keySet().forEach((command) -> copy.put(command, values(command)));
		return Collections.unmodifiableMap(copy);
	}

	private void forgetClearTextValues() {
		retainValues(CommandCodes.CONNECTION::contains);
	}

	private void forgetTransactionValues() {
		if (this.values != null) {
			retainValues((command) -> !CommandCodes.TRANSACTION.contains(command));
		}
	}

	private synchronized void retainValues(Predicate<String> kept) {
		if (this.values != null) {
			this.values.keySet().removeIf(kept.negate());
		}
	}

}
