/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.User;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.security.crypto.factory.PasswordEncoderFactories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class UsersHandlerTests {

	private final SmtpRequest req = mock(SmtpRequest.class);

	private final SmtpResponse res = mock(SmtpResponse.class);

	private final Map<String, MailioProperties.User> users = new LinkedHashMap<>();

	@BeforeEach
	void prepare() {
		given(this.res.accept()).willReturn(Decision.accept());
		given(this.res.reject(any(Reply.class))).willAnswer((call) -> Decision.reject(call.<Reply>getArgument(0)));
		user("john", "doe");
	}

	@Test
	void letsAKnownUserIn() {
		assertThat(login("john", "doe").kind()).isEqualTo(Decision.Kind.ACCEPT);
		assertThat(UsersHandler.of(this.users).isSlow()).isFalse();
	}

	@Test
	void refusesWrongPasswordUnknownUserAndEmptyPassword() {
		assertThat(login("john", "Doe")).hasToString("reject 535 5.7.8 Authentication failed");
		refuses("jane", "doe");
		refuses("jane", "");
	}

	@Test
	void passwordMarkedAsPlainIsComparedWithoutTheMark() {
		user("jane", "{noop}{secret}");
		assertThat(login("jane", "{secret}").kind()).isEqualTo(Decision.Kind.ACCEPT);
		refuses("jane", "{noop}{secret}");
		assertThat(UsersHandler.of(this.users).isSlow()).isFalse();
	}

	@Test
	void encodedPasswordIsComparedByItsEncoderAwayFromTheEventLoop() {
		String encoded = PasswordEncoderFactories.createDelegatingPasswordEncoder().encode("roe");
		assertThat(encoded).startsWith("{bcrypt}");
		user("jane", encoded);
		assertThat(UsersHandler.of(this.users).isSlow()).isTrue();
		assertThat(login("jane", "roe").kind()).isEqualTo(Decision.Kind.ACCEPT);
		assertThat(login("john", "doe").kind()).isEqualTo(Decision.Kind.ACCEPT);
		refuses("jane", "doe");
		refuses("jane", encoded);
		refuses("jane", "");
		refuses("jane", "r".repeat(1000));
		refuses("somebody", "roe");
	}

	private void user(String name, String password) {
		MailioProperties.User user = new MailioProperties.User();
		user.setPassword(password);
		this.users.put(name, user);
	}

	private void refuses(String username, String password) {
		assertThat(login(username, password).kind()).isEqualTo(Decision.Kind.REJECT);
	}

	private Decision login(String username, String password) {
		given(this.req.user()).willReturn(User.withPassword(username, password));
		return UsersHandler.of(this.users).handle(this.req, this.res);
	}

}
