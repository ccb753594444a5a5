/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/**
 * The name and password by which we log in to a server (RFC 4954). Does not show the
 * password.
 *
 * @param username the name, not empty
 * @param password the password
 */
public record Login(String username, String password) {

	public Login {
		if (username.isEmpty()) {
			throw new IllegalArgumentException("A login needs a user name");
		}
		if (username.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("A user name or password must not hold NUL");
		}
	}

	@Override
	public String toString() {
		return "Login[username=" + this.username + "]";
	}

}
