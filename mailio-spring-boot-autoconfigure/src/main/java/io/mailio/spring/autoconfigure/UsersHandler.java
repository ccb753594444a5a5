/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.stream.Collectors;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.User;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth/users}: lets the users of {@code mailio.auth.users} in (RFC 4954). An
 * unknown name costs as much time as a wrong password.
 */
final class UsersHandler implements CommandHandler {

	static final String NAME = "users";

	private static final Reply REFUSED = new Reply(535, new EnhancedStatusCode(7, 8), "Authentication failed");

	private final Map<String, byte[]> passwords;

	UsersHandler(Map<String, MailioProperties.User> users) {
		this.passwords = users.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, (entry) -> bytes(entry.getValue().getPassword())));
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		User user = req.user();
		byte[] given = bytes(user.password());
		byte[] expected = this.passwords.getOrDefault(user.username(), new byte[0]);
		boolean same = MessageDigest.isEqual(given, expected);
		return (same && expected.length > 0) ? res.accept() : res.reject(REFUSED);
	}

	private static byte[] bytes(@Nullable String password) {
		return (password != null) ? password.getBytes(StandardCharsets.UTF_8) : new byte[0];
	}

}
