/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import io.mailio.command.SmtpService;
import io.mailio.smtp.AddressText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections of one listener, and what they share. Thread-safe. */
final class Sessions {

	private static final Logger logger = LoggerFactory.getLogger(Sessions.class);

	private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);

	private volatile SmtpService service;

	private final SmtpListener.Options options;

	private final ConnectionLimits limits;

	private final Overload overload;

	private final LongAdder refused = new LongAdder();

	private final AtomicLong toldRefused = new AtomicLong(System.nanoTime() - A_SECOND);

	private final Set<SmtpConnection> open = ConcurrentHashMap.newKeySet();

	private volatile @Nullable CompletableFuture<Void> drained;

	private volatile @Nullable Tls tls;

	Sessions(SmtpService service, SmtpListener.Options options) {
		this(service, options, Memory.JVM::isNearlyFull);
	}

	Sessions(SmtpService service, SmtpListener.Options options, BooleanSupplier memoryNearlyFull) {
		this.service = service;
		this.options = options;
		this.tls = options.tls();
		this.limits = new ConnectionLimits(service.limits().maxConnections(),
				service.limits().maxConnectionsPerAddress());
		this.overload = new Overload(service.server().listener(), this.limits, memoryNearlyFull);
	}

	/** New sessions use this service, new handshakes these keys. */
	void serve(SmtpService service, @Nullable Tls tls) {
		this.tls = tls;
		this.service = service;
	}

	SmtpListener.Options options() {
		return this.options;
	}

	@Nullable Tls tls() {
		return this.tls;
	}

	SmtpService service() {
		return this.service;
	}

	ConnectionLimits limits() {
		return this.limits;
	}

	/** Whether the tightened limits hold. */
	boolean isOverloaded() {
		return this.overload.isHigh();
	}

	/** Says so in the log once per second at most: this is when others fill disks. */
	void tellRefused(InetAddress address, long now) {
		this.refused.increment();
		long before = this.toldRefused.get();
		if (now - before >= A_SECOND && this.toldRefused.compareAndSet(before, now)) {
			logger.warn("Connection from {} refused, and {} more: too many connections", AddressText.of(address),
					this.refused.sumThenReset() - 1);
		}
	}

	void add(SmtpConnection connection) {
		this.open.add(connection);
		if (this.drained != null) {
			connection.drain();
		}
	}

	void remove(SmtpConnection connection) {
		this.open.remove(connection);
		completeIfEmpty();
	}

	/** Lets every session end by itself; completes when none is left. */
	CompletableFuture<Void> drain() {
		CompletableFuture<Void> empty = draining();
		this.open.forEach(SmtpConnection::drain);
		completeIfEmpty();
		return empty;
	}

	/** One future for everybody who waits, however often it is asked. */
	private synchronized CompletableFuture<Void> draining() {
		CompletableFuture<Void> empty = (this.drained != null) ? this.drained : new CompletableFuture<>();
		this.drained = empty;
		return empty;
	}

	/** Ends every session now; one that cannot be ended keeps none of the others. */
	void abort() {
		for (SmtpConnection connection : this.open) {
			try {
				connection.abort();
			}
			catch (RuntimeException ex) {
				logger.warn("A session could not be ended", ex);
			}
		}
	}

	private void completeIfEmpty() {
		CompletableFuture<Void> waiting = this.drained;
		if (waiting != null && this.open.isEmpty()) {
			waiting.complete(null);
		}
	}

}
