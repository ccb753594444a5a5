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
 * Answers are valid for their time to live but at most an hour; that there is none, or
 * that nobody answered, for a minute. At most 10,000 are kept.
 */
public final class DnsResolver implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DnsResolver.class);

	private static final int CAPACITY = 10_000;

	private static final int MAX_ALIASES = 8;

	private static final Duration LONGEST = Duration.ofHours(1);

	private static final Duration NEGATIVE = Duration.ofSeconds(60);

	private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

	private static final AnswerCache.Answer<Optional<String>> NONE = new AnswerCache.Answer<>(Optional.empty(),
			NEGATIVE);

	private final ThreadPoolExecutor thread;

	private final Queries queries;

	private final AnswerCache<InetAddress, Optional<String>> names;

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
	 * Asks nobody any more. Questions under way are answered with nothing when their time
	 * is up, later ones at once. Does not block.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.thread.shutdown();
		this.names.clear();
	}

}
