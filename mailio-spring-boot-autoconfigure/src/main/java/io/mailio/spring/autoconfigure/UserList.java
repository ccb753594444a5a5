/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.auth.Credentials;
import io.mailio.auth.ScramVerifier;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import org.jspecify.annotations.Nullable;

/**
 * The users of {@code mailio.auth.users}. An unknown name costs as much time as a wrong
 * password. SCRAM needs plain passwords to begin with; clients prefer it, so it is
 * offered only if it works for every user.
 */
final class UserList implements Authenticator, CredentialStore {

	/** Is nobody's: an empty one never is right. */
	private static final UserPassword NONE = UserPassword.of("");

	private final Map<String, UserPassword> passwords;

	private final Map<String, ScramVerifier> verifiers = new HashMap<>();

	/** A password that takes as long as any. */
	private final UserPassword decoy;

	private UserList(Map<String, UserPassword> passwords) {
		this.passwords = Map.copyOf(passwords);
		this.decoy = passwords.values().stream().filter(UserPassword::isSlow).findFirst().orElse(NONE);
		if (passwords.values().stream().noneMatch(UserPassword::isSlow)) {
			passwords.forEach((name, password) -> {
				ScramVerifier verifier = verifier(password.plainText());
				if (verifier != null) {
					this.verifiers.put(name, verifier);
				}
			});
		}
	}

	static UserList of(Map<String, AuthProperties.User> users) {
		Map<String, UserPassword> passwords = new HashMap<>();
		users.forEach((name, user) -> passwords.put(name,
				UserPassword.of(Objects.requireNonNullElse(user.getPassword(), ""))));
		return new UserList(passwords);
	}

	private static @Nullable ScramVerifier verifier(@Nullable String password) {
		try {
			return (password != null) ? ScramVerifier.of(password, ScramVerifier.ITERATIONS) : null;
		}
		catch (IllegalArgumentException ex) {
			// Not told: it would say what is in the password.
			return null;
		}
	}

	/** Whether SCRAM works for every user. */
	boolean isStore() {
		return this.verifiers.size() == this.passwords.size();
	}

	/** Comparing encoded passwords takes long on purpose: not on an event loop. */
	@Override
	public boolean isBlocking() {
		return this.decoy.isSlow();
	}

	@Override
	public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
		Credentials.Password login = (Credentials.Password) credentials;
		UserPassword expected = this.passwords.getOrDefault(login.username(), NONE);
		boolean right = expected.is(login.password());
		if (!expected.isSlow()) {
			this.decoy.is(login.password());
		}
		return right ? Optional.of(User.named(login.username())) : Optional.empty();
	}

	@Override
	public Optional<ScramVerifier> find(String username) {
		return Optional.ofNullable(this.verifiers.get(username));
	}

}
