/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

import io.mailio.plugin.OnError;

/**
 * How {@code connect/rdns} works.
 *
 * @param require what a client's address must have
 * @param onError what becomes of a client about which the DNS cannot tell, if something
 * is required
 */
public record RdnsOptions(Requirement require, OnError onError) {

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
		return new RdnsOptions(Requirement.NOTHING, OnError.TEMPFAIL);
	}

}
