/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.mailio.dns.DnsAnswer;
import io.mailio.dns.DnsResolver;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.rcpt.DnsblResult.Listing;
import io.mailio.plugin.rcpt.DnsblResult.Verdict;
import io.mailio.smtp.AddressText;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Asks all lists about an address at once, and puts together what they say. Does not
 * block; safe for use by several threads.
 */
final class ClientLists {

	/** What the owner of a list has to say, as much of it as helps. */
	private static final int MAX_REASON = 200;

	/** Of the domains of lists, in a reply. */
	private static final int MAX_NAMES = 200;

	private static final EnhancedStatusCode POLICY = new EnhancedStatusCode(7, 1);

	private final DnsblOptions options;

	private final Supplier<DnsResolver> dns;

	private final Meters meters;

	private final LongSupplier nanoTime;

	private final ListTroubles troubles;

	private final ListHealth health;

	ClientLists(DnsblOptions options, Supplier<DnsResolver> dns, Meters meters, LongSupplier nanoTime) {
		this.options = options;
		this.dns = dns;
		this.meters = meters;
		this.nanoTime = nanoTime;
		this.troubles = new ListTroubles(nanoTime);
		this.health = new ListHealth(options, this::usable, nanoTime);
	}

	/**
	 * What is known of an address.
	 *
	 * @param result what the lists say
	 * @param refusal how the client is refused, {@code null} if it is not
	 */
	record Finding(DnsblResult result, @Nullable Reply refusal) {
	}

	/** Asks about an address; completes within two questions' time, never fails. */
	CompletionStage<Finding> ask(InetAddress address) {
		long start = this.nanoTime.getAsLong();
		DnsResolver resolver = this.dns.get();
		Map<String, CompletableFuture<Optional<List<byte[]>>>> asked = new LinkedHashMap<>();
		for (DnsblZone zone : this.options.zones()) {
			asked.computeIfAbsent(zone.name(), (name) -> codes(name, resolver, address));
		}
		return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)).thenCompose((done) -> {
			Map<String, List<byte[]>> codes = new LinkedHashMap<>();
			asked.forEach((zone, answer) -> answer.join().ifPresent((some) -> codes.put(zone, some)));
			DnsblResult result = judge(codes);
			this.meters.time(MeterName.DNSBL, this.nanoTime.getAsLong() - start, result.verdict().tag());
			return finding(result, resolver, address);
		});
	}

	private CompletableFuture<Optional<List<byte[]>>> codes(String zone, DnsResolver resolver, InetAddress address) {
		CompletableFuture<Boolean> everybody = this.health.namesEverybody(zone, resolver);
		return resolver.listing(zone, address)
			.toCompletableFuture()
			.thenCombine(everybody, (answer, ignored) -> ignored ? Optional.of(List.of()) : usable(zone, answer));
	}

	/** The codes, none if the address is not listed; empty if there is no answer. */
	private Optional<List<byte[]>> usable(String zone, DnsAnswer<InetAddress> answer) {
		if (answer instanceof DnsAnswer.Failed<InetAddress> failed) {
			this.troubles.failed(zone, failed.reason());
			return Optional.empty();
		}
		List<byte[]> codes = new ArrayList<>();
		if (answer instanceof DnsAnswer.Found<InetAddress> found) {
			for (InetAddress value : found.values()) {
				byte[] code = value.getAddress();
				if (code[0] != 127) {
					this.troubles.nonsense(zone, value.getHostAddress());
					return Optional.empty();
				}
				if (isRefusal(zone, code)) {
					this.troubles.refused(zone, value.getHostAddress());
					return Optional.empty();
				}
				codes.add(code);
			}
		}
		return Optional.of(codes);
	}

	/** Nor does a list of the trusted trust anybody by {@code 127.0.0.255}. */
	private boolean isRefusal(String zone, byte[] code) {
		return (code[1] == (byte) 255 && code[2] == (byte) 255)
				|| (code[1] == 0 && code[2] == 0 && code[3] == (byte) 255 && this.options.trusts(zone));
	}

	private DnsblResult judge(Map<String, List<byte[]>> codes) {
		List<Listing> listings = new ArrayList<>();
		List<String> failures = new ArrayList<>();
		int score = 0;
		int more = 0;
		int less = 0;
		for (DnsblZone zone : this.options.zones()) {
			List<byte[]> answer = codes.get(zone.name());
			if (answer == null) {
				failures.add(zone.name());
				more += Math.max(zone.weight(), 0);
				less += Math.min(zone.weight(), 0);
			}
			else if (answer.stream().anyMatch(zone::counts)) {
				listings.add(new Listing(zone.name(), zone.weight()));
				score += zone.weight();
			}
		}
		Verdict verdict = (score + less >= this.options.threshold()) ? Verdict.LISTED
				: (score + more < this.options.threshold()) ? Verdict.CLEAN : Verdict.UNKNOWN;
		return new DnsblResult(verdict, score, listings, failures.stream().distinct().toList());
	}

	/** The reason is asked for where it is given only. */
	private CompletionStage<Finding> finding(DnsblResult result, DnsResolver resolver, InetAddress address) {
		if (result.verdict() != Verdict.LISTED) {
			return CompletableFuture.completedFuture(new Finding(result, null));
		}
		List<String> zones = result.listings()
			.stream()
			.filter((listing) -> listing.weight() > 0)
			.sorted(Comparator.comparingInt(Listing::weight).reversed())
			.map(Listing::zone)
			.distinct()
			.toList();
		return resolver.listingReasons(zones.get(0), address)
			.thenApply((reasons) -> new Finding(result, refusal(address, zones, reasons)));
	}

	private static Reply refusal(InetAddress address, List<String> zones, DnsAnswer<String> reasons) {
		String text = "Client [" + AddressText.of(address) + "] is listed by "
				+ cut(zones.stream().collect(Collectors.joining(", ")), MAX_NAMES);
		String reason = (reasons instanceof DnsAnswer.Found<String> found && !found.values().isEmpty())
				? cut(printable(found.values().get(0)), MAX_REASON) : "";
		return new Reply(550, POLICY, reason.isEmpty() ? text : text + ": " + reason);
	}

	/** It reaches clients and logs, and anything may stand in it. */
	private static String printable(String text) {
		return text.replaceAll("[^ -~]", "?").trim();
	}

	private static String cut(String text, int length) {
		return (text.length() > length) ? text.substring(0, length) + "..." : text;
	}

}
