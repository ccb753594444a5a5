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
import io.mailio.session.Transaction;
import io.mailio.smtp.Envelope;
import org.jspecify.annotations.Nullable;

/** A session as it was at one moment, for events. Immutable. */
final class SessionSnapshot implements SmtpSession {

	private final String id;

	private final int transaction;

	private final Map<String, Integer> accepted;

	private final Map<String, Integer> rejected;

	private final @Nullable Envelope envelope;

	private final ClientInfo client;

	private final ServerInfo server;

	private final boolean secure;

	private final @Nullable String username;

	private final @Nullable Object principal;

	private final Map<String, Integer> counters;

	private final Map<String, Map<String, Object>> data;

	private final Map<String, List<String>> handlers;

	private final ConnectionInfo connection;

	SessionSnapshot(LiveSession session) {
		Transaction current = session.state().transaction();
		this.id = session.id();
		this.transaction = session.transaction();
		this.accepted = session.accepted();
		this.rejected = session.rejected();
		this.envelope = (current != null) ? current.envelope() : null;
		this.client = session.client();
		this.server = session.server();
		this.secure = session.secure();
		this.username = session.state().username();
		this.principal = session.state().principal();
		this.counters = session.counters();
		this.data = session.data();
		this.handlers = session.handlers();
		this.connection = session.connection();
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public int transaction() {
		return this.transaction;
	}

	@Override
	public Map<String, Integer> accepted() {
		return this.accepted;
	}

	@Override
	public Map<String, Integer> rejected() {
		return this.rejected;
	}

	@Override
	public Envelope envelope() {
		if (this.envelope == null) {
			throw LiveSession.noEnvelope();
		}
		return this.envelope;
	}

	@Override
	public ClientInfo client() {
		return this.client;
	}

	@Override
	public ServerInfo server() {
		return this.server;
	}

	@Override
	public boolean secure() {
		return this.secure;
	}

	@Override
	public boolean authenticated() {
		return this.username != null;
	}

	@Override
	public User user() {
		if (this.username == null) {
			throw LiveSession.noUser();
		}
		return User.named(this.username, this.principal);
	}

	@Override
	public Map<String, Integer> counters() {
		return this.counters;
	}

	@Override
	public Map<String, Map<String, Object>> data() {
		return this.data;
	}

	@Override
	public Map<String, List<String>> handlers() {
		return this.handlers;
	}

	@Override
	public ConnectionInfo connection() {
		return this.connection;
	}

	@Override
	public void on(String command, CommandHandler handler) {
		throw snapshot();
	}

	@Override
	public void onReactive(String command, ReactiveCommandHandler handler) {
		throw snapshot();
	}

	private static IllegalStateException snapshot() {
		return new IllegalStateException(
				"This event carries a snapshot of the session; add session handlers when the session starts");
	}

}
