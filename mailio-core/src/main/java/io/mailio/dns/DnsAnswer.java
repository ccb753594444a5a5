/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.util.List;

/**
 * What the DNS says to a question: records, that there are none, or nothing that could be
 * relied on.
 *
 * @param <T> what is asked for
 */
public sealed interface DnsAnswer<T> {

	/**
	 * There are records.
	 *
	 * @param values what they hold, in the order they came; empty if none of them is
	 * usable
	 * @param <T> what was asked for
	 */
	record Found<T>(List<T> values) implements DnsAnswer<T> {

		public Found {
			values = List.copyOf(values);
		}

	}

	/**
	 * There are none, and that is certain (RFC 2308 section 2).
	 *
	 * @param nameExists whether the name has records of another type; false is NXDOMAIN
	 * @param <T> what was asked for
	 */
	record None<T>(boolean nameExists) implements DnsAnswer<T> {
	}

	/**
	 * Nobody knows: no server answered in time, or those that did could not tell. The
	 * same question may have an answer later.
	 *
	 * @param reason why, in words of ours, within a sentence
	 * @param <T> what was asked for
	 */
	record Failed<T>(String reason) implements DnsAnswer<T> {
	}

}
