/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.mailio.handler.LoggedValue;

/**
 * What the DNS says of a client's address (RFC 8601 section 3): the value of
 * {@code connect/rdns}, which the handlers of the session get with
 * {@code res.get("connect/rdns", ReverseDns.class)}.
 *
 * @param outcome whether a name leads back to the address
 * @param names the names that the owner of the address gives it, in no particular order;
 * anybody can claim any name for an address of his own
 * @param confirmed those of them that lead back to the address, the first five names
 * tried
 */
public record ReverseDns(Outcome outcome, List<String> names, List<String> confirmed) implements LoggedValue {

	/** Whether a name leads back to the address. */
	public enum Outcome {

		/** At least one does. */
		CONFIRMED,
		/** There are names, but they lead elsewhere or nowhere. */
		MISMATCH,
		/** The address has no name. */
		NONE,
		/** The DNS did not tell in time; it may later. */
		UNKNOWN

	}

	public ReverseDns {
		names = List.copyOf(names);
		confirmed = List.copyOf(confirmed);
	}

	/** A name that leads back to the address, empty if there is none. */
	public Optional<String> name() {
		return this.confirmed.stream().findFirst();
	}

	@Override
	public String logText() {
		return this.outcome.name().toLowerCase(Locale.ROOT);
	}

}
