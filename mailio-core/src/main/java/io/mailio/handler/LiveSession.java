/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.ServerInfo;
import io.mailio.session.SessionState;
import io.mailio.session.Transaction;
import io.mailio.smtp.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * The session as its handlers see it, and the chains it walks: those of the listener,
 * with the handlers of this session at their ends.
 */
public final class LiveSession implements SmtpSession {

	private final SessionState state;

	private final HandlerChains shared;

	/** The chains that this session has changed; {@code null} as long as it has not. */
	private volatile @Nullable Map<String, HandlerChain> own;

	public LiveSession(SessionState state, HandlerChains shared) {
		this.state = state;
		this.shared = shared;
	}

	/** The chain of a command in this session. */
	public HandlerChain chain(String command) {
		Map<String, HandlerChain> chains = this.own;
		HandlerChain chain = (chains != null) ? chains.get(command) : null;
		return (chain != null) ? chain : this.shared.chain(command);
	}

	/** The state behind this view. */
	public SessionState state() {
		return this.state;
	}

	/** What this view shows now, for good. */
	public SmtpSession snapshot() {
		return new SessionSnapshot(this);
	}

	@Override
	public String id() {
		return this.state.id();
	}

	@Override
	public int transaction() {
		return this.state.transactions();
	}

	@Override
	public Map<String, Integer> accepted() {
		return this.state.accepted();
	}

	@Override
	public Map<String, Integer> rejected() {
		return this.state.rejected();
	}

	@Override
	public Envelope envelope() {
		Transaction transaction = this.state.transaction();
		if (transaction == null) {
			throw noEnvelope();
		}
		return transaction.envelope();
	}

	static IllegalStateException noEnvelope() {
		return new IllegalStateException("There is no envelope before MAIL was accepted");
	}

	static IllegalStateException noUser() {
		return new IllegalStateException("Nobody is logged in; ask authenticated() first");
	}

	@Override
	public ClientInfo client() {
		return this.state.client();
	}

	@Override
	public ServerInfo server() {
		return this.state.server();
	}

	@Override
	public boolean secure() {
		return this.state.connection().tls() != null;
	}

	@Override
	public boolean authenticated() {
		return this.state.username() != null;
	}

	@Override
	public User user() {
		String username = this.state.username();
		if (username == null) {
			throw noUser();
		}
		return User.named(username, this.state.principal());
	}

	@Override
	public Map<String, Integer> counters() {
		return this.state.counters();
	}

	@Override
	public Map<String, Map<String, Object>> data() {
		return this.state.values();
	}

	@Override
	public Map<String, List<String>> handlers() {
		Map<String, HandlerChain> chains = this.own;
		if (chains == null) {
			return this.shared.names();
		}
		Map<String, List<String>> names = new LinkedHashMap<>(this.shared.names());
		chains.forEach((command, chain) -> names.put(command, chain.names(command)));
		return Collections.unmodifiableMap(names);
	}

	@Override
	public ConnectionInfo connection() {
		return this.state.connection();
	}

	@Override
	public void on(String command, CommandHandler handler) {
		add(command, (name) -> HandlerRegistration.of(command, name, (spec) -> {
		}, handler));
	}

	@Override
	public void onReactive(String command, ReactiveCommandHandler handler) {
		add(command, (name) -> HandlerRegistration.of(command, name, (spec) -> {
		}, handler));
	}

	private synchronized void add(String command, Function<String, HandlerRegistration> maker) {
		HandlerChain before = chain(command);
		String name = "session-" + (before.handlers().size() + 1);
		Map<String, HandlerChain> chains = new LinkedHashMap<>();
		if (this.own != null) {
			chains.putAll(this.own);
		}
		chains.put(command, before.append(maker.apply(name)));
		this.own = chains;
	}

}
