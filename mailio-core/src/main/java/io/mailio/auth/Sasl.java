/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.mailio.handler.SmtpSession;
import io.mailio.session.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Who can tell whether a client is who it says: shared by all listeners of a server.
 * Thread-safe.
 */
public final class Sasl {

	private static final int SECRET_LENGTH = 32;

	private final Map<Credentials.Kind, Authenticator> authenticators = new EnumMap<>(Credentials.Kind.class);

	private final @Nullable CredentialStore store;

	private final AuthFailures failures;

	private final AtomicLong nonces = new AtomicLong();

	private final byte[] secret = new byte[SECRET_LENGTH];

	/**
	 * Authentication by others than handlers.
	 * @param authenticators check credentials: for each kind the first that can
	 * @param store knows verifiers of SCRAM, {@code null} for nobody
	 * @param limits how often authentication may fail
	 * @throws IllegalArgumentException if the store's iterations or its length of a salt
	 * are out of their range
	 */
	public Sasl(List<Authenticator> authenticators, @Nullable CredentialStore store, Limits limits) {
		authenticators.forEach((authenticator) -> authenticator.kinds()
			.forEach((kind) -> this.authenticators.putIfAbsent(kind, authenticator)));
		this.store = store;
		this.failures = new AuthFailures(limits.authFailuresPerAddress(), limits.authFailureWindow());
		new SecureRandom().nextBytes(this.secret);
		if (store != null) {
			// Else unknown users would fail in a way of their own.
			decoy(store, "");
		}
	}

	/** Whether anybody but handlers can authenticate. */
	public boolean isPossible() {
		return this.store != null || !this.authenticators.isEmpty();
	}

	/**
	 * What a session is offered.
	 * @param session the session
	 * @param handlers whether it has handlers of {@code auth}; they decide about
	 * passwords where nobody else can
	 */
	public SaslOffer offer(SmtpSession session, boolean handlers) {
		return new SaslOffer(this, session, handlers && !isPossible());
	}

	/** The failures of all clients. */
	public AuthFailures failures() {
		return this.failures;
	}

	@Nullable Authenticator authenticator(Credentials.Kind kind) {
		return this.authenticators.get(kind);
	}

	@Nullable CredentialStore store() {
		return this.store;
	}

	/**
	 * Never twice the same, and not to be foreseen; without asking the machine, which may
	 * block.
	 */
	String nonce() {
		return ScramVerifier.nonce(this.secret, this.nonces.incrementAndGet());
	}

	/**
	 * What an unknown user seems to have, always the same until the server is built anew.
	 */
	ScramVerifier decoy(CredentialStore store, String username) {
		return ScramVerifier.decoy(this.secret, username, store.saltLength(), store.iterations());
	}

}
