/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.Optional;

import com.ongres.saslprep.SASLprep;

/** Prepares names and passwords for comparison (RFC 4013). */
final class SaslPrep {

	private static final SASLprep PROFILE = new SASLprep();

	private SaslPrep() {
	}

	/** What a client sends; empty if it holds what is prohibited, or nothing is left. */
	static Optional<String> query(String text) {
		try {
			return Optional.of(PROFILE.prepareQuery(text)).filter((prepared) -> !prepared.isEmpty());
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	/** What is kept. */
	static Optional<String> stored(String text) {
		try {
			return Optional.of(PROFILE.prepareStored(text)).filter((prepared) -> !prepared.isEmpty());
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

}
