/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The names that the operating system knows, also from its hosts file and by its search
 * list. It can only be asked by waiting, so that is done on a thread of its own, for the
 * few names that stand in the configuration. Answers are kept for ten seconds, on top of
 * what the JDK keeps.
 */
final class SystemHosts {

	private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

	private static final Duration VALIDITY = Duration.ofSeconds(10);

	private static final int CAPACITY = 1000;

	private final ThreadPoolExecutor thread;

	private final AnswerCache<String, DnsAnswer<InetAddress>> answers;

	private final Duration timeout;

	SystemHosts(Duration timeout, LongSupplier nanoTime) {
		this.answers = new AnswerCache<>(CAPACITY, nanoTime);
		this.timeout = timeout;
		this.thread = new ThreadPoolExecutor(1, 1, THREAD_IDLE.toSeconds(), TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, "mailio-hosts");
					thread.setDaemon(true);
					return thread;
				});
		this.thread.allowCoreThreadTimeOut(true);
	}

	/** The addresses of a host; never completes exceptionally. */
	CompletionStage<DnsAnswer<InetAddress>> addresses(String host) {
		// Also if there is no thread, or it has been closed.
		return this.answers.get(host, this::askLater)
			.exceptionally((failure) -> new DnsAnswer.Failed<>("the operating system could not be asked"));
	}

	private CompletionStage<AnswerCache.Answer<DnsAnswer<InetAddress>>> askLater(String host) {
		return CompletableFuture.supplyAsync(() -> ask(host), this.thread)
			.completeOnTimeout(new DnsAnswer.Failed<>("the operating system did not answer in time"),
					this.timeout.toNanos(), TimeUnit.NANOSECONDS)
			.thenApply((answer) -> new AnswerCache.Answer<>(answer, VALIDITY));
	}

	/** It does not say whether there is no such host or whether nobody could tell. */
	private static DnsAnswer<InetAddress> ask(String host) {
		try {
			return new DnsAnswer.Found<>(List.of(InetAddress.getAllByName(host)));
		}
		catch (UnknownHostException ex) {
			return new DnsAnswer.Failed<>("the operating system knows no such host");
		}
	}

	void close() {
		this.thread.shutdown();
		this.answers.clear();
	}

}
