/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.User;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/**
 * {@code auth/users}: lets the users of {@code mailio.auth.users} in (RFC 4954). An
 * unknown name costs as much time as a wrong password.
 */
final class UsersHandler implements CommandHandler {

	static final String NAME = "users";

	private static final Reply REFUSED = new Reply(535, new EnhancedStatusCode(7, 8), "Authentication failed");

	/** Is nobody's: an empty one never is right. */
	private static final UserPassword NONE = UserPassword.of("");

	private final Map<String, UserPassword> passwords;

	/** A password that takes as long as any. */
	private final UserPassword decoy;

	private UsersHandler(Map<String, UserPassword> passwords) {
		this.passwords = Map.copyOf(passwords);
		this.decoy = passwords.values().stream().filter(UserPassword::isSlow).findFirst().orElse(NONE);
	}

	static UsersHandler of(Map<String, MailioProperties.User> users) {
		Map<String, UserPassword> passwords = new HashMap<>();
		users.forEach((name, user) -> passwords.put(name,
				UserPassword.of(Objects.requireNonNullElse(user.getPassword(), ""))));
		return new UsersHandler(passwords);
	}

	/** Whether comparing passwords takes long: not on an event loop. */
	boolean isSlow() {
		return this.decoy.isSlow();
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		User user = req.user();
		UserPassword expected = this.passwords.getOrDefault(user.username(), NONE);
		boolean right = expected.is(user.password());
		if (!expected.isSlow()) {
			this.decoy.is(user.password());
		}
		return right ? res.accept() : res.reject(REFUSED);
	}

}
