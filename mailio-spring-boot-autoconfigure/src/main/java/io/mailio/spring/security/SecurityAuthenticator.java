/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.security;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.CredentialsContainer;

/**
 * Lets Spring Security check one kind of credentials. The user's name is that of the
 * {@link Authentication}, which is the principal in the session.
 */
final class SecurityAuthenticator implements Authenticator {

	private final Credentials.Kind kind;

	private final BiFunction<Credentials, SmtpSession, @Nullable Authentication> check;

	SecurityAuthenticator(Credentials.Kind kind, BiFunction<Credentials, SmtpSession, @Nullable Authentication> check) {
		this.kind = kind;
		this.check = check;
	}

	@Override
	public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
		Authentication result;
		try {
			result = this.check.apply(credentials, session);
		}
		catch (AuthenticationServiceException ex) {
			throw ex;
		}
		catch (AuthenticationException ex) {
			return Optional.empty();
		}
		boolean right = result != null && result.isAuthenticated();
		if (right && result instanceof CredentialsContainer container && this.kind == Credentials.Kind.PASSWORD) {
			// It stays in the session, and the password must not.
			container.eraseCredentials();
		}
		return right ? Optional.of(User.named(result.getName(), result)) : Optional.empty();
	}

	@Override
	public Set<Credentials.Kind> kinds() {
		return Set.of(this.kind);
	}

}
