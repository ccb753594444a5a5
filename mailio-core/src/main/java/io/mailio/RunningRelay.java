/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.dns.DnsResolver;
import io.mailio.message.Content;
import io.mailio.queue.MessageQueue;
import io.mailio.relay.ChoosingRouter;
import io.mailio.relay.DeliveryStatusNotifications;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.LocalRouter;
import io.mailio.relay.MxRouter;
import io.mailio.relay.NextHop;
import io.mailio.relay.Ourselves;
import io.mailio.relay.Relay;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RouteChooser;
import io.mailio.relay.Router;
import io.mailio.relay.SmtpClient;
import io.mailio.relay.SmtpTarget;
import io.mailio.relay.Transmission;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What exists only while a relay runs: the queue, threads and connections. */
final class RunningRelay {

	private static final Logger logger = LoggerFactory.getLogger(RunningRelay.class);

	/**
	 * What is under way is mostly over by then; the rest comes back with the next start.
	 */
	private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

	/** As many messages may be queued that listeners have yet to hear of. */
	private static final int MAX_EVENTS = 10_000;

	private final RelaySpec spec;

	private final RelayEnvironment environment;

	private final String hostname;

	private final Map<String, SmartHostAccess> smartHosts = new HashMap<>();

	private final DeliveryStatusNotifications notifications;

	private final RelayQueue queue;

	private final DnsResolver resolver;

	private final ExecutorService executor;

	/** Apart, or slow listeners of what comes would hold up what goes. */
	private final ExecutorService events = events();

	private final SmtpClient client;

	private final RelayListener listener;

	/** Knows destinations before it is known where we listen, and so what leads back. */
	private volatile Router router;

	private volatile @Nullable Relay relay;

	/**
	 * Opens the queue.
	 * @throws IOException if that is not possible; nothing is left open then
	 */
	RunningRelay(RelaySpec spec, RelayEnvironment environment) throws IOException {
		this.spec = spec;
		this.environment = environment;
		this.hostname = (spec.hostname() != null) ? spec.hostname() : environment.hostname();
		spec.smartHosts().forEach((access) -> this.smartHosts.put(access.host().destination(), access));
		this.listener = new RelayListeners(spec.listeners());
		this.notifications = new DeliveryStatusNotifications(environment.hostname(), spec.maxReturned());
		this.executor = HandlerExecutor.create();
		this.resolver = new DnsResolver(environment.dns());
		this.client = client();
		this.router = router(List.of(), null);
		this.queue = open();
	}

	/** Last, since nothing that follows can fail and leave it open. */
	private RelayQueue open() throws IOException {
		try {
			return new RelayQueue(this.spec.queue().open(), this.listener, this.events, this::retryNow);
		}
		catch (IOException | RuntimeException | Error ex) {
			attempt(this.client::close);
			attempt(this.resolver::close);
			this.executor.shutdown();
			this.events.shutdown();
			throw ex;
		}
	}

	private static ExecutorService events() {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_EVENTS), (task) -> {
					Thread thread = new Thread(task, "mailio-relay-events");
					thread.setDaemon(true);
					return thread;
				});
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	private SmtpClient client() {
		SmtpClient.Builder builder = SmtpClient.builder()
			.ehloName(this.hostname)
			.executor(this.executor)
			.timeouts(this.spec.timeouts());
		TrustManagerFactory trust = this.spec.trust();
		return ((trust != null) ? builder.trust(trust) : builder).build();
	}

	private Router router(Collection<InetSocketAddress> listeners, @Nullable RouteChooser chooser) {
		MxRouter others = new MxRouter(this.resolver, this.spec.routing(),
				new Ourselves(List.of(this.hostname, this.environment.hostname()), listeners));
		LocalDelivery local = (this.spec.local() != null) ? this.spec.local() : this.environment.maildirs();
		Router configured = new LocalRouter(local, others);
		return (chooser != null) ? new ChoosingRouter(configured, others, local, chooser, this.executor) : configured;
	}

	void start(Collection<InetSocketAddress> listeners, RouteChooser chooser) {
		this.router = router(listeners, chooser);
		Relay next = new Relay(this.queue, this.router, this::send, this.notifications, this.spec.options(),
				this.executor, this.listener);
		this.relay = next;
		this.queue.logWaiting();
		next.start();
	}

	private CompletionStage<Transmission> send(NextHop hop, Envelope envelope, Content content) {
		return this.client.send(target(hop), envelope, content);
	}

	/** A smart host is known by the name and port it was configured with. */
	private SmtpTarget target(NextHop hop) {
		SmartHostAccess access = this.smartHosts.get("[" + hop.host() + "]:" + hop.address().getPort());
		if (access == null) {
			return SmtpTarget.of(hop).withTls(this.spec.tls());
		}
		SmtpTarget target = SmtpTarget.of(hop).withTls(access.tls());
		if (access.implicitTls()) {
			target = target.withImplicitTls();
		}
		return (access.login() != null) ? target.withLogin(access.login()) : target;
	}

	void updateTrust(TrustManagerFactory trust) {
		this.client.updateTrust(trust);
	}

	MessageQueue queue() {
		return this.queue;
	}

	DeliveryStatusNotifications notifications() {
		return this.notifications;
	}

	String destination(ReversePath sender, Mailbox recipient) {
		return this.router.destination(sender, recipient);
	}

	Map<String, Instant> paused() {
		return (this.relay != null) ? this.relay.paused() : Map.of();
	}

	private void retryNow(Collection<String> destinations) {
		if (this.relay != null) {
			this.relay.retryNow(destinations);
		}
	}

	/** Begins nothing more; completes when nothing is under way. */
	CompletableFuture<Void> drain() {
		return (this.relay != null) ? this.relay.drain() : CompletableFuture.completedFuture(null);
	}

	/**
	 * Ends everything, whatever happens: a queue that stays open cannot be opened again.
	 * An interrupt of the caller waits until it is done.
	 */
	void close() {
		boolean interrupted = Thread.interrupted();
		try {
			attempt(this::stop);
			attempt(this.client::close);
			attempt(() -> end(this.executor));
			attempt(() -> end(this.events));
			attempt(this.resolver::close);
			attempt(this.queue::close);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void stop() {
		if (this.relay != null && !this.relay.stop(CLOSE_PATIENCE)) {
			logger.warn("{} messages were still under way; they are sent again, perhaps twice, with the next start",
					this.relay.active());
		}
	}

	/** What becomes of messages is still settled and told. */
	private static void end(ExecutorService executor) {
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

	private static void attempt(Runnable part) {
		try {
			part.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A part of the relay could not be ended in order", ex);
		}
	}

}
