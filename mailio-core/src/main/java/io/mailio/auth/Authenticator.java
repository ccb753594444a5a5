/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.Optional;
import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;

/**
 * Checks credentials. The mechanisms that lead to its {@link #kinds()} are offered, and
 * handlers of {@code auth}, if there are any, are asked after it has said yes; they may
 * still refuse. One instance serves all sessions at once.
 *
 * <pre class="code">
 * SmtpServer.builder().authenticator((credentials, session) -&gt; {
 *     Credentials.Password login = (Credentials.Password) credentials;
 *     return accounts.check(login.username(), login.password())
 *             ? Optional.of(User.named(login.username())) : Optional.empty();
 * });
 * </pre>
 *
 * <p>
 * An unknown name should take as long as a wrong password. Clients learn nothing about
 * the reason: they are told 535 5.7.8, after a delay that grows with the failures.
 */
@FunctionalInterface
public interface Authenticator {

	/**
	 * Checks credentials of one of its {@link #kinds()}.
	 * @param credentials what the client has shown
	 * @param session the session, live
	 * @return who that is, with a principal if more than the name is known of him; empty
	 * if the credentials are not right
	 * @throws Exception if it cannot be told; the client is answered 454 4.7.0, and that
	 * is not counted as a failed authentication. The exception is logged: its text must
	 * not tell the secret. With {@link io.mailio.handler.SmtpReplyException} the client
	 * is given that reply instead; 5xx is a failed authentication
	 */
	Optional<User> authenticate(Credentials credentials, SmtpSession session) throws Exception;

	/** What it can check; passwords only by default. Always the same. */
	default Set<Credentials.Kind> kinds() {
		return Set.of(Credentials.Kind.PASSWORD);
	}

	/**
	 * Whether it may block, as by default: it is then called on the handler executor and
	 * interrupted when the handler timeout is over. Otherwise it is called on the event
	 * loop.
	 */
	default boolean isBlocking() {
		return true;
	}

}
