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
			return isName(username) ? new Step(null, User.withPassword(username, password)) : MALFORMED;
		}

		/** No control characters (RFC 4013 section 2.3): names stand in logs. */
		private static boolean isName(String username) {
			return !username.isEmpty() && username.chars().noneMatch(Character::isISOControl);
		}

	}

}
