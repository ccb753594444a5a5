/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The names of an address that lead back to it (RFC 8601 section 3). All questions
 * together have the time of one; who asks meanwhile shares them.
 */
final class ConfirmedNames {

	/** Whoever owns an address can give it as many names as he likes. */
	private static final int MAX_NAMES = 5;

	private static final int CAPACITY = 10_000;

	/**
	 * The records are kept for their own time; this only spares looking at them again.
	 */
	private static final Duration VALIDITY = Duration.ofSeconds(10);

	private final HostLookup hosts;

	private final Duration timeout;

	private final AnswerCache<InetAddress, DnsAnswer<String>> answers;

	ConfirmedNames(HostLookup hosts, Duration timeout, LongSupplier nanoTime) {
		this.hosts = hosts;
		this.timeout = timeout;
		this.answers = new AnswerCache<>(CAPACITY, nanoTime);
	}

	/** Asks, unless the answer is known; never completes exceptionally. */
	CompletionStage<DnsAnswer<String>> of(InetAddress address) {
		return this.answers.get(address, this::confirm)
			.exceptionally((failure) -> new DnsAnswer.Failed<>("the DNS could not be asked"));
	}

	private CompletionStage<AnswerCache.Answer<DnsAnswer<String>>> confirm(InetAddress address) {
		CompletableFuture<Void> deadline = new CompletableFuture<Void>().completeOnTimeout(null, this.timeout.toNanos(),
				TimeUnit.NANOSECONDS);
		CompletionStage<DnsAnswer<String>> confirmed = this.hosts.names(address).thenCompose((names) -> {
			if (names instanceof DnsAnswer.Found<String> found && !found.values().isEmpty()) {
				return lookUp(found.values(), address, deadline);
			}
			return CompletableFuture
				.completedFuture((names instanceof DnsAnswer.Failed) ? names : new DnsAnswer.None<>(false));
		});
		return confirmed.thenApply((answer) -> new AnswerCache.Answer<>(answer, VALIDITY));
	}

	private CompletionStage<DnsAnswer<String>> lookUp(List<String> names, InetAddress address,
			CompletableFuture<Void> deadline) {
		Map<String, CompletableFuture<DnsAnswer<InetAddress>>> asked = new LinkedHashMap<>();
		for (String name : names.subList(0, Math.min(names.size(), MAX_NAMES))) {
			asked.computeIfAbsent(name,
					(host) -> ((address instanceof Inet4Address) ? this.hosts.ipv4(host) : this.hosts.ipv6(host))
						.toCompletableFuture());
		}
		CompletableFuture<Void> all = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
		return CompletableFuture.anyOf(all, deadline).thenApply((done) -> judge(asked, address));
	}

	/** One name that is confirmed is enough, whatever becomes of the others. */
	private static DnsAnswer<String> judge(Map<String, CompletableFuture<DnsAnswer<InetAddress>>> asked,
			InetAddress address) {
		DnsAnswer<InetAddress> late = new DnsAnswer.Failed<>("no DNS server answered in time");
		Map<String, DnsAnswer<InetAddress>> answers = new LinkedHashMap<>();
		asked.forEach((name, answer) -> answers.put(name, answer.getNow(late)));
		List<String> confirmed = answers.entrySet()
			.stream()
			.filter((one) -> one.getValue() instanceof DnsAnswer.Found<InetAddress> found
					&& found.values().contains(address))
			.map(Map.Entry::getKey)
			.toList();
		if (!confirmed.isEmpty()) {
			return new DnsAnswer.Found<>(confirmed);
		}
		return answers.values()
			.stream()
			.filter(DnsAnswer.Failed.class::isInstance)
			.findFirst()
			.<DnsAnswer<String>>map((failed) -> new DnsAnswer.Failed<>(((DnsAnswer.Failed<?>) failed).reason()))
			.orElseGet(() -> new DnsAnswer.None<>(true));
	}

	void clear() {
		this.answers.clear();
	}

}
