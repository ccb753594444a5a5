/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.security.Principal;

/**
 * What a client shows to prove who it is. No {@code toString} tells a secret.
 */
public sealed interface Credentials {

	/** What kind it is. */
	Kind kind();

	/** Whom the client says it is, empty if it leaves that to the server. */
	String username();

	/** The kinds, each with its SASL mechanisms. */
	enum Kind {

		/** {@link Password}: PLAIN and LOGIN. */
		PASSWORD,
		/** {@link Token}: OAUTHBEARER and XOAUTH2. */
		TOKEN,
		/** {@link Certificate}: EXTERNAL. */
		CERTIFICATE

	}

	/**
	 * A name and a password, as the client sent them.
	 *
	 * @param username the name, not empty and without control characters
	 * @param password the password, not empty
	 */
	record Password(String username, String password) implements Credentials {

		@Override
		public Kind kind() {
			return Kind.PASSWORD;
		}

		@Override
		public String toString() {
			return "a password";
		}

	}

	/**
	 * A bearer token (RFC 6750).
	 *
	 * @param username whom the client says it is, perhaps empty; only the token tells
	 * whether that is true, and a user of another name is refused
	 * @param token the token
	 */
	record Token(String username, String token) implements Credentials {

		@Override
		public Kind kind() {
			return Kind.TOKEN;
		}

		@Override
		public String toString() {
			return "a token";
		}

	}

	/**
	 * A certificate of the client's, verified in the TLS handshake.
	 *
	 * @param username whom the client wants to be, perhaps empty; whether the subject may
	 * is to be decided, and a user of another name is refused
	 * @param subject the subject of the certificate
	 */
	record Certificate(String username, Principal subject) implements Credentials {

		@Override
		public Kind kind() {
			return Kind.CERTIFICATE;
		}

	}

}
