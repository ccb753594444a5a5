/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import io.mailio.dns.DnsAnswer;

/**
 * A host that may take the mail, and what the DNS says of its addresses.
 *
 * @param host its name
 * @param preference the lower, the sooner it is tried
 * @param answers one or two
 */
record Candidate(String host, int preference, List<DnsAnswer<InetAddress>> answers) {

	/** One host does not take the places of all others. */
	private static final int MAX_ADDRESSES = 6;

	/** Each address once. */
	List<InetAddress> addresses() {
		return this.answers.stream().flatMap(Candidate::values).distinct().toList();
	}

	private static Stream<InetAddress> values(DnsAnswer<InetAddress> answer) {
		return (answer instanceof DnsAnswer.Found<InetAddress> found) ? found.values().stream() : Stream.empty();
	}

	/** Why there may be addresses that are not known. */
	Optional<String> failure() {
		return this.answers.stream()
			.flatMap((answer) -> (answer instanceof DnsAnswer.Failed<InetAddress> failed) ? Stream.of(failed.reason())
					: Stream.empty())
			.findFirst();
	}

	/**
	 * Puts addresses into the order they are tried: by turns, so that the second attempt
	 * does not fail for the same reason as the first; within a kind at random, as records
	 * have no order and their answers are kept.
	 */
	static List<InetAddress> ordered(List<InetAddress> addresses, AddressOrder order, Random random) {
		List<InetAddress> ipv4 = new ArrayList<>();
		List<InetAddress> ipv6 = new ArrayList<>();
		addresses.forEach((address) -> ((address instanceof Inet6Address) ? ipv6 : ipv4).add(address));
		Collections.shuffle(ipv4, random);
		Collections.shuffle(ipv6, random);
		List<InetAddress> ordered = switch (order) {
			case IPV4_ONLY -> ipv4;
			case IPV6_ONLY -> ipv6;
			case IPV6_FIRST -> byTurns(ipv6, ipv4);
			case IPV4_FIRST, AUTO -> byTurns(ipv4, ipv6);
		};
		return ordered.subList(0, Math.min(MAX_ADDRESSES, ordered.size()));
	}

	private static List<InetAddress> byTurns(List<InetAddress> first, List<InetAddress> second) {
		List<InetAddress> all = new ArrayList<>();
		for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
			if (i < first.size()) {
				all.add(first.get(i));
			}
			if (i < second.size()) {
				all.add(second.get(i));
			}
		}
		return all;
	}

}
