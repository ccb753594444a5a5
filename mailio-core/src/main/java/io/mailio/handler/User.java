/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Optional;

import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A user of the AUTH command (RFC 4954). The password is there only while the
 * {@code auth} handlers decide, and only if the client has sent one; it is in no
 * {@code toString}, log or snapshot.
 */
public final class User {

	private final String username;

	private final @Nullable String password;

	private final @Nullable Object principal;

	private User(String username, @Nullable String password, @Nullable Object principal) {
		this.username = username;
		this.password = password;
		this.principal = principal;
	}

	/** Who wants to log in. */
	public static User withPassword(String username, String password) {
		return new User(username, password, null);
	}

	/** Who is logged in. */
	public static User named(String username) {
		return new User(username, null, null);
	}

	/**
	 * Who is logged in, and what an authenticator knows of him.
	 * @param username the name
	 * @param principal anything, for example an {@code Authentication} of Spring
	 * Security; {@code null} for nothing
	 */
	public static User named(String username, @Nullable Object principal) {
		return new User(username, null, principal);
	}

	/** The same user together with the password that has proved it. */
	public User provedBy(String password) {
		return new User(this.username, password, this.principal);
	}

	/** The name. */
	public String username() {
		return this.username;
	}

	/** Whether {@link #password()} can be asked. */
	public boolean hasPassword() {
		return this.password != null;
	}

	/**
	 * The password.
	 * @throws IllegalStateException after authentication, because it is not kept; and if
	 * the client has proved in another way who it is: by SCRAM, with a token or a
	 * certificate
	 */
	public String password() {
		if (this.password == null) {
			throw new IllegalStateException("There is no password: it is known to auth handlers only and not kept"
					+ " afterwards, and clients that log in by SCRAM, token or certificate send none;"
					+ " ask hasPassword() first");
		}
		return this.password;
	}

	/** What the authenticator knows of the user, if it told. */
	public Optional<Object> principal() {
		return Optional.ofNullable(this.principal);
	}

	/** The name as it may stand in a log, see {@link Printable}. */
	@Override
	public String toString() {
		return Printable.of(this.username);
	}

}
