/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import io.mailio.codec.BareNewline;
import io.mailio.command.Extension;
import io.mailio.command.SmtpService;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SessionListener;
import io.mailio.message.ContentBuffer;
import io.mailio.plugin.queue.Discard;
import io.mailio.plugin.queue.Maildir;
import io.mailio.plugin.rcpt.Relay;
import io.mailio.session.Limits;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.AddressParser;
import io.mailio.transport.SmtpListener;
import io.mailio.transport.Tls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * An SMTP server (RFC 5321). Receives mail for the served domains, asks handlers about
 * each command, and keeps messages where {@code queue} handlers put them.
 *
 * <pre class="code">
 * SmtpServer server = SmtpServer.builder()
 *     .port(2525)
 *     .domains("example.com")
 *     .handler("queue", "print", (req, res) -&gt; {
 *         System.out.println(req.message().headers().first("Subject").orElse("(none)"));
 *         return res.accept();
 *     })
 *     .build();
 * server.start();
 * </pre>
 *
 * <p>
 * All methods may be called from any thread, but not from a handler. A running server
 * keeps the JVM alive until {@link #stop()} or {@link #close()}; it can then be started
 * again.
 */
public final class SmtpServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SmtpServer.class);

	private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

	private static final String MAILDIR = "queue/maildir";

	private static final String MAILBOX = "rcpt/mailbox";

	private final Builder options;

	private final ServerInfo server;

	private final List<HandlerRegistration> handlers;

	private final Set<String> disabled;

	private final List<SessionListener> listeners;

	private @Nullable Tls tls;

	private @Nullable Running running;

	private SmtpServer(Builder builder) {
		Builder options = new Builder(builder);
		this.options = options;
		this.server = options.server();
		this.tls = options.tls;
		this.listeners = new ArrayList<>(options.listeners);
		this.handlers = new ArrayList<>(options.handlers.stream().map((handler) -> handler.apply(options)).toList());
		this.disabled = new LinkedHashSet<>();
		options.disabled.forEach(this::switchOff);
		this.handlers
			.add(HandlerRegistration.builtIn("rcpt", "relay", (spec) -> spec.blocking(false).order(0), new Relay()));
		if (options.maildir != null) {
			Maildir maildir = options.maildir;
			this.handlers.add(HandlerRegistration.builtIn("queue", "maildir", (spec) -> spec.order(0), maildir));
			this.handlers.add(HandlerRegistration.builtIn("rcpt", "mailbox", (spec) -> spec.blocking(false).order(0),
					maildir::checkRecipient));
		}
		if (options.discard) {
			this.handlers.add(HandlerRegistration.builtIn("queue", "discard", (spec) -> spec.blocking(false).order(0),
					new Discard()));
		}
	}

	/** A builder with the defaults. */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Adds a handler that may block.
	 * @param command the command or event, in lower case
	 * @param name a name, unique for the command
	 * @param handler the handler
	 */
	public void addHandler(String command, String name, CommandHandler handler) {
		addHandler(command, name, (spec) -> {
		}, handler);
	}

	/**
	 * Adds a handler. On a running server, sessions that begin from now on ask it.
	 * @param command the command or event, in lower case
	 * @param name a name, unique for the command
	 * @param spec says where and how it runs
	 * @param handler the handler
	 * @throws io.mailio.handler.HandlerConfigurationException if it cannot be put in
	 * order; on a stopped server this is found when it starts
	 */
	public void addHandler(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler) {
		add(HandlerRegistration.of(command, name, this.options.configured(command, name).andThen(spec), handler));
	}

	/**
	 * Adds a reactive handler, otherwise like
	 * {@link #addHandler(String, String, Consumer, CommandHandler)}.
	 */
	public void addReactiveHandler(String command, String name, Consumer<HandlerSpec> spec,
			ReactiveCommandHandler handler) {
		add(HandlerRegistration.of(command, name, this.options.configured(command, name).andThen(spec), handler));
	}

	private synchronized void add(HandlerRegistration handler) {
		List<HandlerRegistration> more = new ArrayList<>(this.handlers);
		more.add(handler);
		if (this.running != null) {
			this.running.listener.serve(service(more, this.running));
		}
		this.handlers.add(handler);
	}

	/**
	 * Switches a handler off; its name stays as an anchor for others. With
	 * {@code queue/maildir} goes its {@code rcpt/mailbox}. On a running server this holds
	 * for sessions that begin from now on.
	 * @param command the command or event, in lower case
	 * @param name the name of the handler
	 */
	public synchronized void disableHandler(String command, String name) {
		switchOff(command + "/" + name);
		serveAnew();
	}

	/** Where no maildir takes mail, its limits of names do not hold either. */
	private void switchOff(String handler) {
		this.disabled.add(handler);
		if (this.options.maildir != null && handler.equals(MAILDIR)) {
			this.disabled.add(MAILBOX);
		}
	}

	/**
	 * Adds somebody who is told what happens in sessions. On a running server this holds
	 * for sessions that begin from now on.
	 * @param listener the listener
	 */
	public synchronized void addSessionListener(SessionListener listener) {
		this.listeners.add(listener);
		serveAnew();
	}

	/**
	 * Replaces the keys of STARTTLS. Sessions that are encrypted already are left alone.
	 * @param tls the new keys
	 */
	public synchronized void updateTls(Tls tls) {
		this.tls = tls;
		if (this.running != null) {
			this.running.listener.tls(tls);
			serveAnew();
		}
	}

	private void serveAnew() {
		if (this.running != null) {
			this.running.listener.serve(service(this.handlers, this.running));
		}
	}

	/**
	 * Starts: puts the handlers in order, checks where mail is kept, binds the socket.
	 * Blocks until the server listens; does nothing if it runs.
	 * @throws SmtpServerStartException if the socket cannot be bound or mail cannot be
	 * kept
	 * @throws io.mailio.handler.HandlerConfigurationException if the handlers cannot be
	 * put in order
	 */
	public synchronized void start() {
		if (this.running != null) {
			return;
		}
		chains(this.handlers);
		InetSocketAddress address = new InetSocketAddress(this.options.address, this.options.port);
		checkMaildir(address);
		Running next = new Running(this.options);
		try {
			next.listener = bind(address, service(this.handlers, next), next.loops);
		}
		catch (RuntimeException | Error ex) {
			next.dispose();
			throw ex;
		}
		this.running = next;
		report();
	}

	private SmtpListener bind(InetSocketAddress address, SmtpService service, LoopResources loops) {
		try {
			return SmtpListener.bind(address, service, this.options.bareNewline, this.tls, loops);
		}
		catch (RuntimeException ex) {
			throw SmtpServerStartException.binding(address, ex);
		}
	}

	private void checkMaildir(InetSocketAddress address) {
		Maildir maildir = this.options.maildir;
		if (maildir == null || this.disabled.contains(MAILDIR)) {
			return;
		}
		try {
			maildir.check();
		}
		catch (IOException ex) {
			throw new SmtpServerStartException(SmtpServerStartException.Reason.STORAGE, address,
					"Cannot keep mail: " + ex.getMessage(), ex);
		}
	}

	private void report() {
		logger.info("SMTP server {} listens on {} port {} for {}", this.server.hostname(),
				address().getAddress().isAnyLocalAddress() ? "all addresses" : address().getAddress().getHostAddress(),
				port(), String.join(", ", this.server.domains()));
		List<String> keepers = handlers().getOrDefault("queue", List.of("core"));
		if (keepers.size() == 1) {
			logger.warn("No handler keeps mail: every message will be refused with 554 5.3.5. "
					+ "Configure a maildir or add a handler for 'queue'.");
		}
		else {
			logger.info("Mail goes through {}", String.join(", ", keepers.subList(1, keepers.size())));
		}
		if (this.options.authRequiresTls && this.tls == null && handlers().containsKey("auth")) {
			logger.warn("AUTH is not offered: it needs TLS, and no keys are configured. "
					+ "To take passwords in clear text, allow AUTH without TLS.");
		}
	}

	private SmtpService service(List<HandlerRegistration> registrations, Running environment) {
		return new SmtpService(
				new SmtpService.Options(this.server, this.options.limits, chains(registrations), this.options.content,
						environment.executor, environment.resolver::reverse, SessionListeners.of(this.listeners),
						this.tls != null, this.options.authRequiresTls, this.options.extensions));
	}

	private HandlerChains chains(List<HandlerRegistration> registrations) {
		registrations.forEach((handler) -> handler.requireListeners(Set.of(this.server.listener())));
		return HandlerChains.of(registrations, this.server.listener(), this.disabled);
	}

	/**
	 * Stops gracefully and blocks until everything has ended: no new connections, idle
	 * sessions get 421, messages in flight may finish within the grace period.
	 */
	public void stop() {
		drained().join();
		close();
	}

	/**
	 * Begins to stop: no new connections, idle sessions get 421 (RFC 5321 section 3.8),
	 * messages in flight may finish. Does not block.
	 * @return completes when no session is left, or when the grace period is over;
	 * {@link #close()} then ends the rest. What follows runs on a thread of its own and
	 * may block: {@code drain().thenRun(server::close)} is fine
	 */
	public CompletionStage<Void> drain() {
		CompletableFuture<Void> drained = drained();
		return drained.isDone() ? drained : drained.thenApplyAsync((nothing) -> nothing, SmtpServer::runAnew);
	}

	/** Not a daemon: it may be about to close the server, and the JVM waits for that. */
	private static void runAnew(Runnable task) {
		new Thread(task, "mailio-drained").start();
	}

	/** Completes on an event loop, or on the thread of the JVM that watches the time. */
	private synchronized CompletableFuture<Void> drained() {
		if (this.running == null) {
			return CompletableFuture.completedFuture(null);
		}
		return this.running.listener.drain()
			.toCompletableFuture()
			.copy()
			.completeOnTimeout(null, this.options.gracePeriod.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Stops now: sessions get 421 and are closed, handlers are interrupted. Blocks for
	 * some seconds at most, also in an interrupted thread, which stays interrupted. Does
	 * not fail.
	 */
	@Override
	public synchronized void close() {
		Running ending = this.running;
		if (ending != null) {
			this.running = null;
			ending.dispose();
			logger.info("SMTP server {} has stopped", this.server.hostname());
		}
	}

	/** Whether it listens, or still lets sessions end. */
	public synchronized boolean isRunning() {
		return this.running != null;
	}

	/**
	 * The port it listens on.
	 * @throws IllegalStateException if it does not run
	 */
	public int port() {
		return address().getPort();
	}

	/**
	 * The address it listens on.
	 * @throws IllegalStateException if it does not run
	 */
	public synchronized InetSocketAddress address() {
		if (this.running == null) {
			throw new IllegalStateException("The SMTP server is not running");
		}
		return this.running.listener.address();
	}

	/** How many connections are open. */
	public synchronized int connections() {
		return (this.running != null) ? this.running.listener.connections() : 0;
	}

	/** Its name in the greeting, in EHLO and in {@code Received}. */
	public String hostname() {
		return this.server.hostname();
	}

	/** The served domains, in lower case. */
	public Set<String> domains() {
		return this.server.domains();
	}

	/** The names of the handlers by command, in the order they run. */
	public synchronized Map<String, List<String>> handlers() {
		return chains(this.handlers).names();
	}

	/** What exists only while the server runs. */
	private static final class Running {

		private final LoopResources loops = LoopResources.create("mailio", 1,
				Runtime.getRuntime().availableProcessors(), false);

		private final DnsResolver resolver;

		private final @Nullable ExecutorService ownExecutor;

		private final Executor executor;

		@SuppressWarnings("NullAway.Init")
		private SmtpListener listener;

		private Running(Builder options) {
			this.resolver = new DnsResolver(options.dns);
			this.ownExecutor = (options.handlerExecutor == null) ? HandlerExecutor.create() : null;
			this.executor = (options.handlerExecutor != null) ? options.handlerExecutor
					: Objects.requireNonNull(this.ownExecutor);
		}

		/**
		 * Ends everything, whatever happens: an event loop that is left keeps the JVM
		 * alive. An interrupt of the caller waits until it is done.
		 */
		private void dispose() {
			boolean interrupted = Thread.interrupted();
			try {
				if (this.listener != null) {
					attempt(() -> this.listener.close(CLOSE_PATIENCE));
				}
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

	/**
	 * Collects what a server needs; each method returns this same builder. Used by one
	 * thread.
	 */
	public static final class Builder {

		/**
		 * Made when the server is built, because only then their configuration is known.
		 */
		private final List<Function<Builder, HandlerRegistration>> handlers = new ArrayList<>();

		private final Set<String> disabled = new LinkedHashSet<>();

		private final List<Extension> extensions = new ArrayList<>();

		private @Nullable String hostname;

		private Set<String> domains = Set.of();

		private InetAddress address = new InetSocketAddress(0).getAddress();

		private int port = 2525;

		private Limits limits = Limits.DEFAULTS;

		private BareNewline bareNewline = BareNewline.REJECT;

		private ContentBuffer.Options content = ContentBuffer.Options.defaults();

		private DnsOptions dns = DnsOptions.defaults();

		private @Nullable Maildir maildir;

		private boolean discard;

		private @Nullable Executor handlerExecutor;

		private final List<SessionListener> listeners = new ArrayList<>();

		private BiFunction<String, String, Map<String, String>> handlerConfig = (command, name) -> Map.of();

		private @Nullable Tls tls;

		private boolean authRequiresTls = true;

		private Duration gracePeriod = Duration.ofSeconds(30);

		private Builder() {
		}

		/** What a server was built with stays as it is when the builder is used again. */
		private Builder(Builder other) {
			this.handlers.addAll(other.handlers);
			this.disabled.addAll(other.disabled);
			this.extensions.addAll(other.extensions);
			this.listeners.addAll(other.listeners);
			this.hostname = other.hostname;
			this.domains = other.domains;
			this.address = other.address;
			this.port = other.port;
			this.limits = other.limits;
			this.bareNewline = other.bareNewline;
			this.content = other.content;
			this.dns = other.dns;
			this.maildir = other.maildir;
			this.discard = other.discard;
			this.handlerExecutor = other.handlerExecutor;
			this.handlerConfig = other.handlerConfig;
			this.tls = other.tls;
			this.authRequiresTls = other.authRequiresTls;
			this.gracePeriod = other.gracePeriod;
		}

		/**
		 * The name in the greeting, in EHLO and in {@code Received}; the default is the
		 * machine's name.
		 * @throws IllegalArgumentException if it is neither a domain name nor an address
		 * literal
		 */
		public Builder hostname(String hostname) {
			if (!AddressParser.isDomain(hostname)) {
				throw new IllegalArgumentException("The host name '" + hostname + "' is not a domain name");
			}
			this.hostname = hostname;
			return this;
		}

		/**
		 * The served domains; the default is the domain part of the host name, or an
		 * address literal itself.
		 */
		public Builder domains(String... domains) {
			return domains(List.of(domains));
		}

		/**
		 * The served domains; the default is the domain part of the host name, or an
		 * address literal itself.
		 * @throws IllegalArgumentException if one is not a domain name
		 */
		public Builder domains(Collection<String> domains) {
			Set<String> served = new LinkedHashSet<>();
			for (String domain : domains) {
				if (!AddressParser.isDomain(domain)) {
					throw new IllegalArgumentException("The domain '" + domain + "' is not a domain name");
				}
				served.add(domain.toLowerCase(Locale.ROOT));
			}
			this.domains = Collections.unmodifiableSet(served);
			return this;
		}

		/** Where to listen; the default is all addresses. */
		public Builder address(InetAddress address) {
			this.address = address;
			return this;
		}

		/** The port, 0 for any free one; the default is 2525. */
		public Builder port(int port) {
			if (port < 0 || port > 65535) {
				throw new IllegalArgumentException("A port lies between 0 and 65535, not " + port);
			}
			this.port = port;
			return this;
		}

		/** The bounds of sessions. */
		public Builder limits(Limits limits) {
			this.limits = limits;
			return this;
		}

		/**
		 * What becomes of a bare CR or LF in content; the default is to refuse the
		 * message.
		 */
		public Builder bareNewline(BareNewline bareNewline) {
			this.bareNewline = bareNewline;
			return this;
		}

		/** Where content goes while it arrives. */
		public Builder content(ContentBuffer.Options content) {
			this.content = content;
			return this;
		}

		/** How names are resolved; the default is as the machine does. */
		public Builder dns(DnsOptions dns) {
			this.dns = dns;
			return this;
		}

		/**
		 * Keeps mail for served domains in maildirs ({@code queue/maildir}).
		 * @param pattern the directory, with {@code %d} for the domain and {@code %n} for
		 * the local part, for example {@value Maildir#DEFAULT_PATTERN}
		 */
		public Builder maildir(String pattern) {
			this.maildir = new Maildir(pattern);
			return this;
		}

		/**
		 * Accepts all messages and forgets them ({@code queue/discard}): for tests and
		 * measurements.
		 */
		public Builder discard() {
			this.discard = true;
			return this;
		}

		/**
		 * Switches a handler off; its name stays as an anchor. With {@code queue/maildir}
		 * goes its {@code rcpt/mailbox}.
		 */
		public Builder disable(String command, String name) {
			this.disabled.add(command + "/" + name);
			return this;
		}

		/** Adds a handler that may block. */
		public Builder handler(String command, String name, CommandHandler handler) {
			return handler(command, name, (spec) -> {
			}, handler);
		}

		/** Adds a handler. */
		public Builder handler(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler) {
			this.handlers.add((options) -> HandlerRegistration.of(command, name,
					options.configured(command, name).andThen(spec), handler));
			return this;
		}

		/** Adds a reactive handler. */
		public Builder reactiveHandler(String command, String name, Consumer<HandlerSpec> spec,
				ReactiveCommandHandler handler) {
			this.handlers.add((options) -> HandlerRegistration.of(command, name,
					options.configured(command, name).andThen(spec), handler));
			return this;
		}

		/** Adds an ESMTP extension. */
		public Builder extension(Extension extension) {
			this.extensions.add(extension);
			return this;
		}

		/**
		 * Where handlers may block. The server does not shut it down. The default is an
		 * executor of its own: virtual threads on Java 21 and later, else a bounded pool.
		 */
		public Builder handlerExecutor(Executor handlerExecutor) {
			this.handlerExecutor = handlerExecutor;
			return this;
		}

		/** Who is told what happens in sessions. */
		public Builder sessionListener(SessionListener sessionListener) {
			this.listeners.add(sessionListener);
			return this;
		}

		/**
		 * Where {@link io.mailio.handler.SmtpRequest#config()} comes from; what a
		 * handler's own {@link HandlerSpec#config} says goes first.
		 * @param handlerConfig command and name to properties
		 */
		public Builder handlerConfig(BiFunction<String, String, Map<String, String>> handlerConfig) {
			this.handlerConfig = handlerConfig;
			return this;
		}

		/** Offers STARTTLS (RFC 3207) with these keys; without keys it is not offered. */
		public Builder tls(Tls tls) {
			this.tls = tls;
			return this;
		}

		/** Whether AUTH is offered and taken under TLS only; {@code true} by default. */
		public Builder authRequiresTls(boolean authRequiresTls) {
			this.authRequiresTls = authRequiresTls;
			return this;
		}

		/** How long sessions may go on when the server stops; 30 seconds by default. */
		public Builder gracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
			return this;
		}

		/**
		 * A server, not yet started. What is done with this builder later does not change
		 * it.
		 */
		public SmtpServer build() {
			return new SmtpServer(this);
		}

		private ServerInfo server() {
			String name = (this.hostname != null) ? this.hostname : machineName();
			Set<String> served = this.domains.isEmpty() ? Set.of(domainPart(name)) : this.domains;
			return new ServerInfo(name, served, "default");
		}

		private Consumer<HandlerSpec> configured(String command, String name) {
			return (spec) -> spec.config(this.handlerConfig.apply(command, name));
		}

		private static String machineName() {
			try {
				String name = InetAddress.getLocalHost().getHostName();
				return AddressParser.isDomain(name) ? name : "localhost";
			}
			catch (UnknownHostException ex) {
				return "localhost";
			}
		}

		/**
		 * {@code mx.example.com} serves example.com; example.com and {@code [192.0.2.1]}
		 * serve themselves.
		 */
		private static String domainPart(String hostname) {
			String name = hostname.toLowerCase(Locale.ROOT);
			String parent = name.substring(name.indexOf('.') + 1);
			boolean itself = name.startsWith("[") || parent.indexOf('.') < 0;
			return itself ? name : parent;
		}

	}

}
