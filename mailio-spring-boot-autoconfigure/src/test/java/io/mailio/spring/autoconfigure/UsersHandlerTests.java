/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Map;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.User;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class UsersHandlerTests {

	private final SmtpRequest req = mock(SmtpRequest.class);

	private final SmtpResponse res = mock(SmtpResponse.class);

	@BeforeEach
	void prepare() {
		given(this.res.accept()).willReturn(Decision.accept());
		given(this.res.reject(any(Reply.class))).willAnswer((call) -> Decision.reject(call.<Reply>getArgument(0)));
	}

	@Test
	void letsAKnownUserIn() {
		assertThat(login("john", "doe").kind()).isEqualTo(Decision.Kind.ACCEPT);
	}

	@Test
	void refusesWrongPasswordUnknownUserAndEmptyPassword() {
		assertThat(login("john", "Doe")).hasToString("reject 535 5.7.8 Authentication failed");
		assertThat(login("jane", "doe").kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(login("jane", "").kind()).isEqualTo(Decision.Kind.REJECT);
	}

	private Decision login(String username, String password) {
		MailioProperties.User john = new MailioProperties.User();
		john.setPassword("doe");
		given(this.req.user()).willReturn(User.withPassword(username, password));
		return new UsersHandler(Map.of("john", john)).handle(this.req, this.res);
	}

}
