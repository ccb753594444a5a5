/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.mailio.SmtpServer;
import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.auth.Credentials;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who checks credentials: the beans of the application or of Spring Security; the
 * configured users, if no bean checks passwords.
 *
 * @param authenticators the beans that check credentials, in order
 * @param store the bean that knows verifiers, {@code null} if there is none
 * @param properties the configured users
 */
record Authentication(List<Authenticator> authenticators, @Nullable CredentialStore store, AuthProperties properties) {

	private static final Logger logger = LoggerFactory.getLogger(Authentication.class);

	void configure(SmtpServer.Builder builder) {
		builder.authRequiresTls(this.properties.isRequireTls());
		this.authenticators.forEach(builder::authenticator);
		if (this.store != null) {
			builder.credentialStore(this.store);
		}
		if (this.properties.getUsers().isEmpty()) {
			return;
		}
		if (isReplaced()) {
			logger.warn("The users of mailio.auth.users are not used: beans check passwords ({})", names());
			return;
		}
		UserList users = UserList.of(this.properties.getUsers());
		builder.authenticator(users);
		if (users.isStore()) {
			builder.credentialStore(users);
		}
	}

	private boolean isReplaced() {
		return this.store != null || this.authenticators.stream()
			.anyMatch((authenticator) -> authenticator.kinds().contains(Credentials.Kind.PASSWORD));
	}

	private String names() {
		List<String> names = new ArrayList<>();
		this.authenticators.forEach((authenticator) -> names.add(authenticator.getClass().getName()));
		if (this.store != null) {
			names.add(this.store.getClass().getName());
		}
		return String.join(", ", names);
	}

}
