/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A SASL mechanism (RFC 4422) by its registered name. Begins one exchange per AUTH
 * command.
 */
public enum SaslMechanism {

	/** RFC 4616. */
	PLAIN {
		@Override
		public SaslExchange begin() {
			return new PlainExchange();
		}
	},

	/** Not standardised, but the only one that some clients know. */
	LOGIN {
		@Override
		public SaslExchange begin() {
			return new LoginExchange();
		}
	};

	/** All mechanisms, as EHLO names them. */
	public static final List<SaslMechanism> ALL = List.of(values());

	/** A new exchange. */
	public abstract SaslExchange begin();

	/**
	 * Finds a mechanism.
	 * @param name its name in any case
	 * @return the mechanism, empty if it is unknown
	 */
	public static Optional<SaslMechanism> named(String name) {
		String upper = name.toUpperCase(Locale.ROOT);
		return ALL.stream().filter((mechanism) -> mechanism.name().equals(upper)).findFirst();
	}

}
