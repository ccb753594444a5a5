/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.xbill.DNS.ResolverConfig;

/**
 * Asks the DNS without blocking. Stages never fail and complete within the timeout, on
 * any thread, or are complete already when the answer is known; what follows them must
 * not block. Safe for use by several threads. Constructing one blocks: the system's
 * configuration is read.
 *
 * <p>
 * Answers are valid for their time to live, between ten seconds and an hour; that there
 * are none for the time of the zone's SOA record (RFC 2308), between ten seconds and 15
 * minutes, a minute where there is no such record; that nobody could tell for 30 seconds.
 * At most 10,000 answers about names of clients are kept, 30,000 of lists, and 30,000 to
 * the questions that sending needs (MX, A, AAAA). As no client waits for the latter, they
 * have four times the configured timeout.
 */
public final class DnsResolver implements AutoCloseable {

	/** How many answers about names of clients are kept; anybody can make us ask. */
	private static final int CLIENTS = 10_000;

	/** How many answers of lists are kept. */
	private static final int LISTINGS = 30_000;

	/** How many answers that sending needs are kept. */
	private static final int HOSTS = 30_000;

	/** How much longer than a client's question one of a message may take. */
	private static final int PATIENCE = 4;

	private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

	private final ThreadPoolExecutor thread;

	private final HostLookup clients;

	private final ConfirmedNames confirmed;

	private final HostLookup lists;

	private final HostLookup hosts;

	private final boolean systemServers;

	/**
	 * A resolver.
	 * @param options whom to ask
	 * @throws IllegalArgumentException if a server is malformed or unknown
	 */
	public DnsResolver(DnsOptions options) {
		this(options, System::nanoTime);
	}

	DnsResolver(DnsOptions options, LongSupplier nanoTime) {
		this(options, nanoTime, DnsResolver::newThread);
	}

	DnsResolver(DnsOptions options, LongSupplier nanoTime, ThreadFactory threads) {
		this.systemServers = options.servers().isEmpty();
		List<InetSocketAddress> servers = this.systemServers ? ResolverConfig.getCurrentConfig().servers()
				: options.servers().stream().map(ServerAddress::parse).toList();
		this.thread = new ThreadPoolExecutor(1, 1, THREAD_IDLE.toSeconds(), TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads);
		this.thread.allowCoreThreadTimeOut(true);
		Queries queries = new Queries(servers, options.timeout(), this.thread);
		this.clients = new HostLookup(new RecordLookup(queries, CLIENTS, nanoTime), null);
		this.confirmed = new ConfirmedNames(this.clients, options.timeout(), nanoTime);
		this.lists = new HostLookup(new RecordLookup(queries, LISTINGS, nanoTime), null);
		Duration patience = options.timeout().multipliedBy(PATIENCE);
		this.hosts = new HostLookup(new RecordLookup(new Queries(servers, patience, this.thread), HOSTS, nanoTime),
				this.systemServers ? new SystemHosts(patience, nanoTime) : null);
	}

	private static Thread newThread(Runnable task) {
		Thread thread = new Thread(task, "mailio-dns");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * The name of a host by its address (RFC 1035 section 3.5). It is what the owner of
	 * the address says, not a proof.
	 * @param address the address
	 * @return the first of its {@link #names}; empty if there is none, or if nobody
	 * answered in time. For a loopback address and the system's servers it is
	 * {@code localhost}, and nobody is asked (RFC 6761 section 6.3)
	 */
	public CompletionStage<Optional<String>> reverse(InetAddress address) {
		if (this.systemServers && address.isLoopbackAddress()) {
			return CompletableFuture.completedFuture(Optional.of("localhost"));
		}
		return names(address).thenApply((answer) -> (answer instanceof DnsAnswer.Found<String> found)
				? found.values().stream().findFirst() : Optional.empty());
	}

	/**
	 * The names of a host by its address (RFC 1035 section 3.5), aliases followed (RFC
	 * 2317). They are what the owner of the address says, not a proof.
	 * @param address the address
	 * @return the names without a dot at the end, letters as they came, those that are no
	 * host names left out
	 */
	public CompletionStage<DnsAnswer<String>> names(InetAddress address) {
		return this.clients.names(address);
	}

	/**
	 * The names of a host by its address that lead back to the address (RFC 8601 section
	 * 3); at most five names are tried.
	 * @param address the address
	 * @return the names; {@code None} if there is none, where {@code nameExists} tells
	 * whether there are names that lead elsewhere. All questions together take no longer
	 * than the timeout
	 */
	public CompletionStage<DnsAnswer<String>> confirmedNames(InetAddress address) {
		return this.confirmed.of(address);
	}

	/**
	 * What a list in the DNS says of an address (RFC 5782 section 2).
	 * @param zone the domain of the list
	 * @param address the address
	 * @return the codes; {@code None} if the address is not on the list
	 */
	public CompletionStage<DnsAnswer<InetAddress>> listing(String zone, InetAddress address) {
		return this.lists.ipv4(ReversedAddress.below(zone, address));
	}

	/**
	 * Why an address is on a list in the DNS (RFC 5782 section 2.1).
	 * @param zone the domain of the list
	 * @param address the address
	 * @return texts of the owner of the list, which may hold anything
	 */
	public CompletionStage<DnsAnswer<String>> listingReasons(String zone, InetAddress address) {
		return this.lists.texts(ReversedAddress.below(zone, address));
	}

	/**
	 * The hosts that take mail for a domain (RFC 5321 section 5.1), aliases followed.
	 * @param domain a domain name with A-labels, in any case
	 * @return the hosts in the order they came, those whose name is no host name left
	 * out; {@code None} also for a text that is no domain name
	 */
	public CompletionStage<DnsAnswer<MailExchanger>> mailExchangers(String domain) {
		return this.hosts.mailExchangers(domain);
	}

	/**
	 * The IPv4 addresses of a host, aliases followed.
	 * @param host a host name with A-labels, in any case
	 * @return the addresses, which hold the name of the host, so that none is looked up;
	 * {@code None} also for a text that is no host name
	 */
	public CompletionStage<DnsAnswer<InetAddress>> ipv4(String host) {
		return this.hosts.ipv4(host);
	}

	/**
	 * The IPv6 addresses of a host, aliases followed. An address of IPv4 that is written
	 * as one of IPv6 is one of IPv4.
	 * @param host a host name with A-labels, in any case
	 * @return the addresses, which hold the name of the host, so that none is looked up;
	 * {@code None} also for a text that is no host name
	 */
	public CompletionStage<DnsAnswer<InetAddress>> ipv6(String host) {
		return this.hosts.ipv6(host);
	}

	/**
	 * The addresses of a host that the configuration names: where no DNS servers are
	 * configured as the operating system knows it, also from its hosts file and by its
	 * search list.
	 * @param host a host name with A-labels, or an address
	 * @return the addresses of both kinds, in no particular order
	 */
	public CompletionStage<DnsAnswer<InetAddress>> configuredHost(String host) {
		return this.hosts.configuredHost(host);
	}

	/**
	 * Asks nobody any more. Questions under way are answered with nothing when their time
	 * is up, later ones at once. Does not block.
	 */
	@Override
	public void close() {
		this.thread.shutdown();
		this.clients.close();
		this.confirmed.clear();
		this.lists.close();
		this.hosts.close();
	}

}
