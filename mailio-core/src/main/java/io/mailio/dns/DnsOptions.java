/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.time.Duration;
import java.util.List;

/**
 * Whom to ask, and for how long.
 *
 * @param servers the resolvers as {@code host[:port]}, an IPv6 address with a port in
 * brackets; asked in this order. Empty for those of the operating system
 * @param timeout when a question counts as unanswered, all attempts included; longer than
 * zero. Questions that no client waits for, because a message is to be sent, take four
 * times as long
 */
public record DnsOptions(List<String> servers, Duration timeout) {

	/** How long a question may take, unless configured otherwise. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

	public DnsOptions {
		servers = List.copyOf(servers);
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("The DNS timeout is longer than zero, not " + timeout);
		}
	}

	/**
	 * The system's resolvers, two seconds.
	 * @return the default options
	 */
	public static DnsOptions defaults() {
		return new DnsOptions(List.of(), DEFAULT_TIMEOUT);
	}

}
