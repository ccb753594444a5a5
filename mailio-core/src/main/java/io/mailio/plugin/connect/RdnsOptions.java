/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

/**
 * How {@code connect/rdns} works.
 *
 * @param require what a client's address must have
 */
public record RdnsOptions(Requirement require) {

	/** What a client's address must have, lest the client is refused. */
	public enum Requirement {

		/** Nothing: what the DNS says is a fact for other handlers. */
		NOTHING,
		/** A name. */
		NAME,
		/** A name that leads back to the address. */
		CONFIRMED

	}

	/**
	 * Nobody is refused.
	 * @return the default options
	 */
	public static RdnsOptions defaults() {
		return new RdnsOptions(Requirement.NOTHING);
	}

}
