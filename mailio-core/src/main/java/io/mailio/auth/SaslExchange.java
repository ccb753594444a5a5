/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import io.mailio.handler.User;
import org.jspecify.annotations.Nullable;

/**
 * The dialogue of one authentication, from the server's side. Used by one thread; never
 * blocks.
 */
public interface SaslExchange {

	/**
	 * Takes the client's next response, decoded.
	 * @param response the octets; {@code null} at the beginning, if the client sent no
	 * initial response
	 * @return what to do next
	 */
	Step respond(byte @Nullable [] response);

	/**
	 * What follows a response: exactly one of the two is there, neither if it was
	 * malformed.
	 */
	record Step(@Nullable String challenge, @Nullable User user) {

		static final Step MALFORMED = new Step(null, null);

		static Step challenge(String text) {
			return new Step(text, null);
		}

		static Step user(String username, String password) {
			return username.isEmpty() ? MALFORMED : new Step(null, User.withPassword(username, password));
		}

	}

}
