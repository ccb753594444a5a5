/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.stream.Collectors;

import io.mailio.auth.SaslMechanism;
import io.mailio.handler.LiveSession;
import io.mailio.handler.SmtpSession;
import org.jspecify.annotations.Nullable;

/**
 * AUTH (RFC 4954): offered exactly when it can succeed, that is when a handler of
 * {@code auth} is there and passwords may travel over this connection.
 *
 * @param requireTls whether passwords may travel over TLS only
 */
record AuthExtension(boolean requireTls) implements Extension {

	private static final String ADVERTISEMENT = "AUTH "
			+ SaslMechanism.ALL.stream().map(SaslMechanism::name).collect(Collectors.joining(" "));

	@Override
	public String keyword() {
		return "AUTH";
	}

	@Override
	public @Nullable String advertisement(SmtpSession session) {
		boolean possible = session instanceof LiveSession live && !live.chain("auth").isEmpty();
		boolean wanted = !session.authenticated() && (session.secure() || !this.requireTls);
		return (possible && wanted) ? ADVERTISEMENT : null;
	}

}
