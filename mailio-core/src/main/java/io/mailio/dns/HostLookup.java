/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Hosts and their addresses, from records or from the operating system. What is no host
 * name is asked for nowhere; neither are names that are never in the DNS. With the
 * system's servers {@code localhost} is known without a question (RFC 6761 section 6.3).
 */
final class HostLookup {

	private static final byte[] LOOPBACK4 = { 127, 0, 0, 1 };

	private static final byte[] LOOPBACK6 = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	private final RecordLookup records;

	private final @Nullable SystemHosts system;

	private volatile boolean closed;

	/**
	 * A lookup.
	 * @param system who knows configured hosts; {@code null} if DNS servers are
	 * configured
	 */
	HostLookup(RecordLookup records, @Nullable SystemHosts system) {
		this.records = records;
		this.system = system;
	}

	CompletionStage<DnsAnswer<MailExchanger>> mailExchangers(String domain) {
		return isLocalhost(domain) ? CompletableFuture.completedFuture(new DnsAnswer.None<>(true))
				: ask(domain, Type.MX, HostLookup::mailExchanger);
	}

	CompletionStage<DnsAnswer<InetAddress>> ipv4(String host) {
		return isLocalhost(host) ? just(host, LOOPBACK4) : ask(host, Type.A, (record) -> (record instanceof ARecord a)
				? Optional.of(named(host, a.getAddress().getAddress())) : Optional.empty());
	}

	CompletionStage<DnsAnswer<InetAddress>> ipv6(String host) {
		return isLocalhost(host) ? just(host, LOOPBACK6)
				: ask(host, Type.AAAA, (record) -> (record instanceof AAAARecord aaaa)
						? Optional.of(named(host, aaaa.getAddress().getAddress())) : Optional.empty());
	}

	CompletionStage<DnsAnswer<InetAddress>> configuredHost(String host) {
		byte[] ipv4 = Address.toByteArray(host, Address.IPv4);
		byte[] literal = (ipv4 != null) ? ipv4 : Address.toByteArray(host, Address.IPv6);
		if (literal != null) {
			return just(host, literal);
		}
		return (this.system != null) ? this.system.addresses(host)
				: ipv4(host).thenCombine(ipv6(host), HostLookup::both);
	}

	private static DnsAnswer<InetAddress> both(DnsAnswer<InetAddress> one, DnsAnswer<InetAddress> other) {
		if (one instanceof DnsAnswer.Found<InetAddress> first && other instanceof DnsAnswer.Found<InetAddress> second) {
			List<InetAddress> all = new ArrayList<>(first.values());
			all.addAll(second.values());
			return new DnsAnswer.Found<>(all);
		}
		return (one instanceof DnsAnswer.Found || other instanceof DnsAnswer.None) ? one : other;
	}

	/**
	 * The texts of a name: the strings of each record put together (RFC 7208 section
	 * 3.3).
	 */
	CompletionStage<DnsAnswer<String>> texts(String name) {
		return ask(name, Type.TXT,
				(record) -> (record instanceof TXTRecord txt) ? Optional.of(text(txt)) : Optional.empty());
	}

	private static String text(TXTRecord record) {
		StringBuilder text = new StringBuilder();
		record.getStringsAsByteArrays().forEach((part) -> text.append(new String(part, StandardCharsets.UTF_8)));
		return text.toString();
	}

	/** The names of an address; those that are no host names are left out. */
	CompletionStage<DnsAnswer<String>> names(InetAddress address) {
		return ask(ReverseMap.fromAddress(address), Type.PTR, HostLookup::hostName);
	}

	private static Optional<String> hostName(Record record) {
		return (record instanceof PTRRecord pointer)
				? Optional.of(pointer.getTarget().toString(true)).filter(HostNames::isHostName) : Optional.empty();
	}

	private <T> CompletionStage<DnsAnswer<T>> ask(String name, int type, Function<Record, Optional<T>> value) {
		if (!HostNames.isHostName(name) || isNeverInTheDns(name)) {
			return CompletableFuture.completedFuture(new DnsAnswer.None<>(false));
		}
		try {
			return ask(Name.fromString(name, Name.root), type, value);
		}
		catch (TextParseException ex) {
			// With the dots between its labels it is too long for a name.
			return CompletableFuture.completedFuture(new DnsAnswer.None<>(false));
		}
	}

	private <T> CompletionStage<DnsAnswer<T>> ask(Name name, int type, Function<Record, Optional<T>> value) {
		if (this.closed) {
			return CompletableFuture.completedFuture(new DnsAnswer.Failed<>("the DNS is not asked any more"));
		}
		return this.records.ask(name, type).thenApply((answer) -> of(answer, value));
	}

	private static <T> DnsAnswer<T> of(DnsAnswer<Record> answer, Function<Record, Optional<T>> value) {
		if (answer instanceof DnsAnswer.Found<Record> found) {
			return new DnsAnswer.Found<>(found.values().stream().map(value).flatMap(Optional::stream).toList());
		}
		return (answer instanceof DnsAnswer.None<Record> none) ? new DnsAnswer.None<>(none.nameExists())
				: new DnsAnswer.Failed<>(((DnsAnswer.Failed<Record>) answer).reason());
	}

	private static Optional<MailExchanger> mailExchanger(Record record) {
		if (!(record instanceof MXRecord mx)) {
			return Optional.empty();
		}
		String host = mx.getTarget().equals(Name.root) ? "" : mx.getTarget().toString(true).toLowerCase(Locale.ROOT);
		return (host.isEmpty() || HostNames.isHostName(host)) ? Optional.of(new MailExchanger(mx.getPriority(), host))
				: Optional.empty();
	}

	private static CompletionStage<DnsAnswer<InetAddress>> just(String host, byte[] address) {
		return CompletableFuture.completedFuture(new DnsAnswer.Found<>(List.of(named(host, address))));
	}

	private static InetAddress named(String host, byte[] address) {
		try {
			return InetAddress.getByAddress(host, address);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("An address has 4 or 16 octets, not " + address.length, ex);
		}
	}

	private boolean isLocalhost(String name) {
		return this.system != null && HostNames.isWithin(name, "localhost");
	}

	/** RFC 6761 section 6.4, RFC 7686 section 2. */
	private static boolean isNeverInTheDns(String name) {
		return HostNames.isWithin(name, "invalid") || HostNames.isWithin(name, "onion");
	}

	void close() {
		this.closed = true;
		if (this.system != null) {
			this.system.close();
		}
		this.records.clear();
	}

}
