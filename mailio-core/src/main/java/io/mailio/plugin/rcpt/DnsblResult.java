/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.mailio.handler.LoggedValue;

/**
 * What the lists say of a client: the value of {@code rcpt/dnsbl}, which later handlers
 * of the transaction get with {@code res.get("rcpt/dnsbl", DnsblResult.class)}.
 *
 * @param verdict whether the client is refused
 * @param score what has come together
 * @param listings the lists that the client is on
 * @param failures the lists that gave no usable answer
 */
public record DnsblResult(Verdict verdict, int score, List<Listing> listings,
		List<String> failures) implements LoggedValue {

	/** Whether a client is refused. */
	public enum Verdict {

		/** Whatever lists that gave no answer would say: it is not. */
		CLEAN,
		/** Whatever lists that gave no answer would say: it is. */
		LISTED,
		/** Lists that gave no answer would decide. */
		UNKNOWN;

		/** The word for logs and metrics. */
		String tag() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * The client is on a list.
	 *
	 * @param zone the domain of the list
	 * @param weight what that counts
	 */
	public record Listing(String zone, int weight) {
	}

	public DnsblResult {
		listings = List.copyOf(listings);
		failures = List.copyOf(failures);
	}

	@Override
	public String logText() {
		String word = this.verdict.tag();
		return this.listings.isEmpty() ? word : word + "("
				+ this.listings.stream().map(Listing::zone).distinct().collect(Collectors.joining(",")) + ")";
	}

}
