/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.Optional;

/**
 * Knows what is needed to check users without their passwords. With a store,
 * SCRAM-SHA-256 and, under TLS, SCRAM-SHA-256-PLUS are offered (RFC 5802, 7677); also
 * PLAIN and LOGIN, if no {@link Authenticator} checks passwords. One instance serves all
 * sessions at once.
 *
 * <p>
 * Clients prefer SCRAM, so the store should know every user who may log in.
 */
@FunctionalInterface
public interface CredentialStore {

	/**
	 * Finds a user.
	 * @param username the name, prepared with SASLprep (RFC 4013)
	 * @return the user's verifier, empty if there is no such user; the client is then
	 * shown a salt that is always the same for this name, and refused in the end
	 * @throws Exception if it cannot be told; the client is answered 454 4.7.0
	 */
	Optional<ScramVerifier> find(String username) throws Exception;

	/**
	 * How many iterations an unknown user seems to have: as many as the others, or
	 * clients can tell. By default {@value ScramVerifier#ITERATIONS}, which is the least;
	 * always the same.
	 */
	default int iterations() {
		return ScramVerifier.ITERATIONS;
	}

	/**
	 * How many octets the salt of an unknown user has: as many as those of the others. By
	 * default {@value ScramVerifier#SALT_LENGTH}; from 1 to 32, always the same.
	 */
	default int saltLength() {
		return ScramVerifier.SALT_LENGTH;
	}

	/**
	 * Whether finding may block, as by default: it is then done on the handler executor.
	 */
	default boolean isBlocking() {
		return true;
	}

}
