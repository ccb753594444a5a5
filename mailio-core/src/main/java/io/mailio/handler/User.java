/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A user of the AUTH command (RFC 4954). The password is there only while the
 * {@code auth} handlers decide; it is in no {@code toString}, log or snapshot.
 */
public final class User {

	private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

	private final String username;

	private final @Nullable String password;

	private User(String username, @Nullable String password) {
		this.username = username;
		this.password = password;
	}

	/** Who wants to log in. */
	public static User withPassword(String username, String password) {
		return new User(username, password);
	}

	/** Who is logged in. */
	public static User named(String username) {
		return new User(username, null);
	}

	/** The name. */
	public String username() {
		return this.username;
	}

	/**
	 * The password.
	 * @throws IllegalStateException after authentication: it is not kept
	 */
	public String password() {
		if (this.password == null) {
			throw new IllegalStateException("The password is known to auth handlers only and is not kept afterwards");
		}
		return this.password;
	}

	/** The name as it may stand in a log: without control characters. */
	@Override
	public String toString() {
		return CONTROLS.matcher(this.username).replaceAll("?");
	}

}
