/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/** All connections of a client: those in use and those that are idle. Thread-safe. */
final class ClientConnections implements ClientConnection.Owner {

	/** How connections come about. */
	@FunctionalInterface
	interface Connector {

		/** Begins to connect; the connection is told how that ends. */
		void connect(ClientConnection connection);

	}

	private final ClientOptions options;

	private final Connector connector;

	private final IdleConnections idle;

	private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> emptied = new CompletableFuture<>();

	private volatile boolean closing;

	/**
	 * Connections.
	 * @param maxIdle how many may be idle
	 */
	ClientConnections(ClientOptions options, int maxIdle, Connector connector) {
		this.options = options;
		this.connector = connector;
		this.idle = new IdleConnections(maxIdle);
	}

	ClientOptions options() {
		return this.options;
	}

	/** An idle connection, {@code null} if there is none. It may be dead. */
	@Nullable ClientConnection take(SmtpTarget target) {
		return this.idle.take(target);
	}

	/** A new connection, which is yet to {@link #connect}. */
	ClientConnection create(SmtpTarget target, Opening opening) {
		ClientConnection connection = new ClientConnection(target, this.options.timeouts(), this, opening);
		opening.of(connection);
		this.open.add(connection);
		return connection;
	}

	void connect(ClientConnection connection) {
		try {
			this.connector.connect(connection);
		}
		catch (RuntimeException ex) {
			connection.connectFailed(ex);
		}
	}

	/**
	 * Nobody uses it any more; on its event loop.
	 * @param usable whether somebody may
	 */
	void release(ClientConnection connection, boolean usable) {
		if (!usable) {
			connection.close();
			return;
		}
		int limit = Math.min(this.options.maxTransactions(), connection.capabilities().maxTransactions());
		boolean old = connection.age().compareTo(this.options.maxAge()) >= 0;
		if (old || connection.transactions() >= limit) {
			connection.quit();
			return;
		}
		connection.idle(this.options.maxIdle());
		ClientConnection surplus = this.idle.put(connection);
		if (surplus != null) {
			quit(surplus);
		}
	}

	@Override
	public void idleTooLong(ClientConnection connection) {
		if (this.idle.remove(connection)) {
			connection.quit();
		}
	}

	@Override
	public void closed(ClientConnection connection) {
		this.idle.remove(connection);
		this.open.remove(connection);
		completeIfEmpty();
	}

	private void completeIfEmpty() {
		if (this.closing && this.open.isEmpty()) {
			this.emptied.complete(null);
		}
	}

	/** How many there are. */
	int count() {
		return this.open.size();
	}

	/** How many of them are idle. */
	int idleCount() {
		return this.idle.size();
	}

	/**
	 * Says goodbye to those that are idle; there will be no idle ones any more.
	 * @return completes when no connection is left
	 */
	CompletableFuture<Void> end() {
		this.closing = true;
		this.idle.close().forEach(ClientConnections::quit);
		completeIfEmpty();
		return this.emptied;
	}

	private static void quit(ClientConnection connection) {
		try {
			connection.execute(connection::quit);
		}
		catch (RejectedExecutionException ex) {
			// Its event loop has ended, and the connection with it.
			connection.abort("no event loop");
		}
	}

	/** Ends all. */
	void abort(String why) {
		this.open.forEach((connection) -> connection.abort(why));
	}

}
