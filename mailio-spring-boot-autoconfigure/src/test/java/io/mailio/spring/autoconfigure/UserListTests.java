/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.mailio.auth.Credentials;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.security.crypto.factory.PasswordEncoderFactories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class UserListTests {

	private final SmtpSession session = mock(SmtpSession.class);

	private final Map<String, AuthProperties.User> users = new LinkedHashMap<>();

	@BeforeEach
	void prepare() {
		user("john", "doe");
	}

	@Test
	void letsAKnownUserIn() {
		assertThat(login("john", "doe").map(User::username)).contains("john");
		assertThat(list().isBlocking()).isFalse();
	}

	@Test
	void refusesWrongPasswordUnknownUserAndEmptyPassword() {
		refuses("john", "Doe");
		refuses("jane", "doe");
		refuses("jane", "");
	}

	@Test
	void passwordMarkedAsPlainIsComparedWithoutTheMark() {
		user("jane", "{noop}{secret}");
		assertThat(login("jane", "{secret}")).isPresent();
		refuses("jane", "{noop}{secret}");
		assertThat(list().isBlocking()).isFalse();
	}

	@Test
	void encodedPasswordIsComparedByItsEncoderAwayFromTheEventLoop() {
		String encoded = PasswordEncoderFactories.createDelegatingPasswordEncoder().encode("roe");
		assertThat(encoded).startsWith("{bcrypt}");
		user("jane", encoded);
		assertThat(list().isBlocking()).isTrue();
		assertThat(login("jane", "roe")).isPresent();
		assertThat(login("john", "doe")).isPresent();
		refuses("jane", "doe");
		refuses("jane", encoded);
		refuses("jane", "");
		refuses("jane", "r".repeat(1000));
		refuses("somebody", "roe");
	}

	@Test
	void scramIsForListsThatAreAllPlain() {
		assertThat(list().isStore()).isTrue();
		assertThat(list().find("john")).isPresent();
		assertThat(list().find("jane")).isEmpty();
		user("jane", PasswordEncoderFactories.createDelegatingPasswordEncoder().encode("roe"));
		assertThat(list().isStore()).isFalse();
		this.users.clear();
		user("jack", "not\u0007prepared");
		assertThat(list().isStore()).isFalse();
	}

	private void user(String name, String password) {
		AuthProperties.User user = new AuthProperties.User();
		user.setPassword(password);
		this.users.put(name, user);
	}

	private UserList list() {
		return UserList.of(this.users);
	}

	private void refuses(String username, String password) {
		assertThat(login(username, password)).isEmpty();
	}

	private Optional<User> login(String username, String password) {
		return list().authenticate(new Credentials.Password(username, password), this.session);
	}

}
