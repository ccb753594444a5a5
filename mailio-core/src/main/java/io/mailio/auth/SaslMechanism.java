/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A SASL mechanism (RFC 4422): when it is offered, and its exchange. The best come first.
 */
public enum SaslMechanism {

	/** RFC 7677, bound to the encrypted connection. */
	SCRAM_SHA_256_PLUS("SCRAM-SHA-256-PLUS") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.store() != null && offer.channelBindings().isPossible();
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return scram(offer, true);
		}
	},

	/** RFC 7677. */
	SCRAM_SHA_256("SCRAM-SHA-256") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.store() != null;
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return scram(offer, false);
		}
	},

	/** RFC 4422 appendix A. */
	EXTERNAL("EXTERNAL") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.checks(Credentials.Kind.CERTIFICATE) && offer.clientSubject() != null;
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return new ExternalExchange(offer, Objects.requireNonNull(offer.clientSubject()));
		}
	},

	/** RFC 7628. */
	OAUTHBEARER("OAUTHBEARER") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.checks(Credentials.Kind.TOKEN);
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return new BearerExchange(offer, BearerExchange.Dialect.OAUTHBEARER);
		}
	},

	/** Not standardised, but the only one for tokens that some clients know. */
	XOAUTH2("XOAUTH2") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.checks(Credentials.Kind.TOKEN);
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return new BearerExchange(offer, BearerExchange.Dialect.XOAUTH2);
		}
	},

	/** RFC 4616. */
	PLAIN("PLAIN") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.checks(Credentials.Kind.PASSWORD);
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return new PlainExchange(offer);
		}
	},

	/** Not standardised, but the only one that some clients know. */
	LOGIN("LOGIN") {
		@Override
		boolean isPossible(SaslOffer offer) {
			return offer.checks(Credentials.Kind.PASSWORD);
		}

		@Override
		SaslExchange begin(SaslOffer offer) {
			return new LoginExchange(offer);
		}
	};

	private static final List<SaslMechanism> ALL = List.of(values());

	private final String registered;

	SaslMechanism(String registered) {
		this.registered = registered;
	}

	/** Whether it can succeed in a session. */
	abstract boolean isPossible(SaslOffer offer);

	/** A new exchange, if it is possible. */
	abstract SaslExchange begin(SaslOffer offer);

	/** Its name on the wire. */
	@Override
	public String toString() {
		return this.registered;
	}

	/**
	 * Finds a mechanism.
	 * @param name its name in any case
	 * @return the mechanism, empty if it is unknown
	 */
	public static Optional<SaslMechanism> named(String name) {
		String upper = name.toUpperCase(Locale.ROOT);
		return ALL.stream().filter((mechanism) -> mechanism.registered.equals(upper)).findFirst();
	}

	static List<SaslMechanism> all() {
		return ALL;
	}

	private static SaslExchange scram(SaslOffer offer, boolean plus) {
		return new ScramExchange(offer, Objects.requireNonNull(offer.store()), plus, offer.nonce());
	}

}
