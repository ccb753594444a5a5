/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.mailio.dns.DnsAnswer;
import io.mailio.dns.DnsResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once an hour whether lists work, by the entries that are there for that (RFC 5782
 * section 5): {@code 127.0.0.2} is on every list, {@code 127.0.0.1} on none. Lists that
 * are given up empty themselves or name everybody. Only lists that are asked about
 * clients are looked at, at the same time. Does not block; safe for use by several
 * threads.
 */
final class ListHealth {

	static final Duration INTERVAL = Duration.ofHours(1);

	private static final Logger logger = LoggerFactory.getLogger(Dnsbl.class);

	private static final InetAddress LISTED = address(2);

	private static final InetAddress NOT_LISTED = address(1);

	/** What is known of a list. */
	private enum State {

		/** It works, or the DNS could not tell. */
		GOOD,
		/** It has not even the entry that every list has. */
		DEAD,
		/** It has an entry that no list has. */
		NAMES_EVERYBODY

	}

	/** Reads what a list answers: codes, none if an address is not listed. */
	@FunctionalInterface
	interface Reader {

		/** Empty if there is no usable answer, which the log has been told. */
		Optional<List<byte[]>> read(String zone, DnsAnswer<InetAddress> answer);

	}

	private record Look(long at, CompletableFuture<State> state) {
	}

	private final DnsblOptions options;

	private final Reader reader;

	private final LongSupplier nanoTime;

	private final Map<String, Look> looks = new ConcurrentHashMap<>();

	ListHealth(DnsblOptions options, Reader reader, LongSupplier nanoTime) {
		this.options = options;
		this.reader = reader;
		this.nanoTime = nanoTime;
	}

	private static InetAddress address(int last) {
		try {
			return InetAddress.getByAddress(new byte[] { 127, 0, 0, (byte) last });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Whether a list names everybody, and so nobody; completes within a question's time,
	 * never fails.
	 */
	CompletableFuture<Boolean> namesEverybody(String zone, DnsResolver resolver) {
		return state(zone, resolver).thenApply((state) -> state == State.NAMES_EVERYBODY);
	}

	/** Whoever comes first when it is time asks, outside of the lock. */
	private CompletableFuture<State> state(String zone, DnsResolver resolver) {
		Look next = new Look(this.nanoTime.getAsLong(), new CompletableFuture<>());
		Look[] before = new Look[1];
		Look current = this.looks.compute(zone, (name, last) -> {
			before[0] = last;
			return (last == null || next.at() - last.at() >= INTERVAL.toNanos()) ? next : last;
		});
		if (current == next) {
			State last = (before[0] != null) ? before[0].state().getNow(State.GOOD) : State.GOOD;
			CompletableFuture.completedFuture(last)
				.thenCompose((state) -> look(zone, resolver, state))
				.whenComplete((state, failure) -> next.state().complete((failure == null) ? state : last));
		}
		return current.state();
	}

	private CompletableFuture<State> look(String zone, DnsResolver resolver, State before) {
		CompletableFuture<DnsAnswer<InetAddress>> everybody = resolver.listing(zone, NOT_LISTED).toCompletableFuture();
		return resolver.listing(zone, LISTED).toCompletableFuture().thenCombine(everybody, (some, all) -> {
			State now = state(zone, some, all, before);
			if (now != before) {
				tell(zone, now);
			}
			return now;
		});
	}

	/** Without an answer it is as it was. */
	private State state(String zone, DnsAnswer<InetAddress> some, DnsAnswer<InetAddress> all, State before) {
		Optional<List<byte[]>> nobody = this.reader.read(zone, all);
		Optional<List<byte[]>> somebody = this.reader.read(zone, some);
		if (nobody.isPresent() && nobody.get().stream().anyMatch((code) -> counts(zone, code))) {
			return State.NAMES_EVERYBODY;
		}
		if (nobody.isEmpty() || somebody.isEmpty()) {
			return before;
		}
		return somebody.get().isEmpty() ? State.DEAD : State.GOOD;
	}

	private boolean counts(String zone, byte[] code) {
		return this.options.zones().stream().anyMatch((one) -> one.name().equals(zone) && one.counts(code));
	}

	private static void tell(String zone, State state) {
		switch (state) {
			case GOOD -> logger.info("The list {} works again", zone);
			case DEAD -> logger.warn("The list {} looks dead: it does not have 127.0.0.2, which every list has"
					+ " (RFC 5782 section 5). Do without it", zone);
			case NAMES_EVERYBODY -> logger.warn("The list {} names everybody: it has 127.0.0.1, which no list has"
					+ " (RFC 5782 section 5). It is ignored as long as it does. Do without it", zone);
		}
	}

}
