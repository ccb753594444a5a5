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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Asks the DNS without blocking. Stages never fail and complete within the timeout, on
 * any thread, or are complete already when the answer is known; what follows them must
 * not block. Safe for use by several threads. Constructing one blocks: the system's
 * configuration is read.
 *
 * <p>
 * Names of addresses are valid for their time to live but at most an hour; that there is
 * none, or that nobody answered, for a minute. At most 10,000 are kept. Answers to the
 * questions that sending needs (MX, A, AAAA) are valid for their time to live, between
 * ten seconds and an hour; that there are none for the time of the zone's SOA record (RFC
 * 2308), between ten seconds and 15 minutes; that nobody could tell for 30 seconds. At
 * most 30,000 are kept. As no client waits for these, they have four times the configured
 * timeout.
 */
public final class DnsResolver implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DnsResolver.class);

	private static final int CAPACITY = 10_000;

	private static final int MAX_ALIASES = 8;

	/** How much longer than a client's question one of a message may take. */
	private static final int PATIENCE = 4;

	private static final Duration LONGEST = Duration.ofHours(1);

	private static final Duration NEGATIVE = Duration.ofSeconds(60);

	private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

	private static final AnswerCache.Answer<Optional<String>> NONE = new AnswerCache.Answer<>(Optional.empty(),
			NEGATIVE);

	private final ThreadPoolExecutor thread;

	private final Queries queries;

	private final AnswerCache<InetAddress, Optional<String>> names;

	private final HostLookup hosts;

	private final boolean systemServers;

	private volatile boolean closed;

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
		this.queries = new Queries(servers, options.timeout(), this.thread);
		this.names = new AnswerCache<>(CAPACITY, nanoTime);
		Duration patience = options.timeout().multipliedBy(PATIENCE);
		this.hosts = new HostLookup(new RecordLookup(new Queries(servers, patience, this.thread), nanoTime),
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
	 * @return the name without a dot at the end, letters as they came; empty if there is
	 * none, if it is not a host name, or if nobody answered in time. For a loopback
	 * address and the system's servers it is {@code localhost}, and nobody is asked (RFC
	 * 6761 section 6.3)
	 */
	public CompletionStage<Optional<String>> reverse(InetAddress address) {
		if (this.systemServers && address.isLoopbackAddress()) {
			return CompletableFuture.completedFuture(Optional.of("localhost"));
		}
		if (this.closed) {
			return CompletableFuture.completedFuture(Optional.empty());
		}
		return this.names.get(address, this::askName).exceptionally((failure) -> {
			// What a server has sent may stand in the text.
			logger.warn("The name of {} could not be asked for: {}", address.getHostAddress(),
					failure.toString().replaceAll("[^ -~]", "?"));
			return Optional.empty();
		});
	}

	private CompletionStage<AnswerCache.Answer<Optional<String>>> askName(InetAddress address) {
		Name question = ReverseMap.fromAddress(address);
		return this.queries.ask(question, Type.PTR)
			.thenApply((message) -> hostname(question, message))
			.exceptionally((failure) -> NONE);
	}

	/** The first name, also behind aliases (RFC 2317). */
	private static AnswerCache.Answer<Optional<String>> hostname(Name question, Message message) {
		List<Record> answers = message.getSection(Section.ANSWER);
		Name at = question;
		long ttl = LONGEST.toSeconds();
		for (int i = 0; i <= MAX_ALIASES; i++) {
			Name owner = at;
			Optional<Record> found = answers.stream()
				.filter((answer) -> answer.getName().equals(owner))
				.filter((answer) -> answer instanceof PTRRecord || answer instanceof CNAMERecord)
				.findFirst();
			if (found.isEmpty()) {
				return NONE;
			}
			ttl = Math.min(ttl, found.get().getTTL());
			if (found.get() instanceof PTRRecord pointer) {
				String name = pointer.getTarget().toString(true);
				return HostNames.isHostName(name) ? new AnswerCache.Answer<>(Optional.of(name), Duration.ofSeconds(ttl))
						: NONE;
			}
			at = ((CNAMERecord) found.get()).getTarget();
		}
		return NONE;
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
		this.closed = true;
		this.thread.shutdown();
		this.names.clear();
		this.hosts.close();
	}

}
