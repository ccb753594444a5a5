/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

import io.mailio.command.SmtpService;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.transport.SmtpListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** What exists only while a server runs: threads and sockets. */
final class RunningServer {

	private static final Logger logger = LoggerFactory.getLogger(RunningServer.class);

	private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

	private final LoopResources loops = LoopResources.create("mailio", 1, Runtime.getRuntime().availableProcessors(),
			false);

	private final DnsResolver resolver;

	private final @Nullable ExecutorService ownExecutor;

	private final Executor executor;

	private final Map<String, SmtpListener> listeners = new LinkedHashMap<>();

	RunningServer(DnsOptions dns, @Nullable Executor handlerExecutor) {
		this.resolver = new DnsResolver(dns);
		this.ownExecutor = (handlerExecutor == null) ? HandlerExecutor.create() : null;
		this.executor = (this.ownExecutor != null) ? this.ownExecutor : Objects.requireNonNull(handlerExecutor);
	}

	DnsResolver resolver() {
		return this.resolver;
	}

	Executor executor() {
		return this.executor;
	}

	/**
	 * Listens.
	 * @throws SmtpServerStartException if the socket cannot be bound
	 */
	void bind(String name, SmtpService service, SmtpListener.Options options) {
		try {
			this.listeners.put(name, SmtpListener.bind(service, options, this.loops));
		}
		catch (RuntimeException ex) {
			throw failure(name, options.address(), ex);
		}
	}

	/** A port that is in use may be in use by ourselves. */
	private SmtpServerStartException failure(String name, InetSocketAddress address, RuntimeException cause) {
		SmtpServerStartException failure = SmtpServerStartException.binding(address, cause);
		if (failure.reason() == SmtpServerStartException.Reason.PORT_IN_USE) {
			for (Map.Entry<String, SmtpListener> other : this.listeners.entrySet()) {
				if (other.getValue().address().getPort() == address.getPort()) {
					return SmtpServerStartException.shared(address, name, other.getKey(), cause);
				}
			}
		}
		return failure;
	}

	/** The listeners in the order they were bound. */
	Map<String, SmtpListener> listeners() {
		return this.listeners;
	}

	int connections() {
		return this.listeners.values().stream().mapToInt(SmtpListener::connections).sum();
	}

	/** Takes no more connections; completes when no session is left. */
	CompletableFuture<Void> drain() {
		return CompletableFuture.allOf(this.listeners.values()
			.stream()
			.map((listener) -> listener.drain().toCompletableFuture())
			.toArray(CompletableFuture[]::new));
	}

	/**
	 * Ends everything, whatever happens: an event loop that is left keeps the JVM alive.
	 * An interrupt of the caller waits until it is done.
	 */
	void dispose() {
		boolean interrupted = Thread.interrupted();
		try {
			// All stop to listen and to serve before the first is waited for.
			this.listeners.values().forEach((listener) -> attempt(listener::abort));
			this.listeners.values().forEach((listener) -> attempt(() -> listener.close(CLOSE_PATIENCE)));
			attempt(this::endLoops);
			attempt(this.resolver::close);
			if (this.ownExecutor != null) {
				endExecutor(this.ownExecutor);
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static void attempt(Runnable part) {
		try {
			part.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A part of the SMTP server could not be ended in order", ex);
		}
	}

	/** They end even if nobody can wait for that. */
	private void endLoops() {
		Mono<Void> ended = this.loops.disposeLater(Duration.ZERO, CLOSE_PATIENCE).cache();
		ended.subscribe();
		ended.block(CLOSE_PATIENCE.multipliedBy(2));
	}

	/** Events and commits that are still waiting get their turn. */
	private static void endExecutor(ExecutorService executor) {
		executor.shutdown();
		try {
			if (!executor.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
				executor.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			executor.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

}
