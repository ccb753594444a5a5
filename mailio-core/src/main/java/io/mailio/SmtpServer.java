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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.auth.Sasl;
import io.mailio.codec.BareNewline;
import io.mailio.command.Extension;
import io.mailio.command.SmtpService;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerNames;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteChain;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.SessionListener;
import io.mailio.message.ContentBuffer;
import io.mailio.metrics.Meters;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.queue.Maildir;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.queue.MaildirOptions;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.Mailboxes;
import io.mailio.plugin.rcpt.ReactiveMailboxResolver;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.session.RawHeaders;
import io.mailio.session.ListenerRules;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import io.mailio.transport.SmtpListener;
import io.mailio.transport.Tls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

	/** The name of the listener of a server that has just one. */
	private static final String DEFAULT_LISTENER = "default";

	private final Builder options;

	private final String hostname;

	private final Set<String> domains;

	/** By name, the first one first. */
	private final Map<String, ListenerSpec> listenerSpecs;

	/** The keys of listeners that have their own. */
	private final Map<String, Tls> ownTls = new HashMap<>();

	private final List<HandlerRegistration> handlers;

	private final Set<String> disabled;

	private final List<SessionListener> sessionListeners;

	private final Sasl sasl;

	private final @Nullable SmtpRelay relay;

	private final Mailboxes mailboxes;

	private final @Nullable Maildir maildir;

	private volatile boolean maildirOff;

	private @Nullable Tls tls;

	private @Nullable RunningServer running;

	/** The handlers of {@code route} while it runs, {@code null} if there are none. */
	private volatile @Nullable RouteChain routes;

	private volatile @Nullable DnsResolver resolver;

	private SmtpServer(Builder builder) {
		Builder options = new Builder(builder);
		this.options = options;
		this.hostname = options.name();
		this.domains = options.domains.isEmpty() ? Set.of(Builder.domainPart(this.hostname)) : options.domains;
		this.tls = options.tls;
		this.sasl = new Sasl(options.authenticators, options.credentialStore, options.limits);
		this.listenerSpecs = options.listenerSpecs();
		this.listenerSpecs.forEach((name, spec) -> {
			if (spec.tls() != null) {
				this.ownTls.put(name, spec.tls());
			}
			spec.check(keys(name) != null);
		});
		this.sessionListeners = new ArrayList<>(options.sessionListeners);
		this.handlers = new ArrayList<>(options.handlers.stream().map((handler) -> handler.apply(options)).toList());
		this.mailboxes = options.builtIn.mailboxes(this.domains);
		this.maildir = options.builtIn.maildir(this.mailboxes);
		this.disabled = new LinkedHashSet<>();
		options.disabled.forEach(this::switchOff);
		this.relay = (options.relay != null) ? new SmtpRelay(options.relay, this::relayEnvironment) : null;
		this.handlers.addAll(options.builtIn.registrations(surroundings()));
	}

	private BuiltInHandlers.Surroundings surroundings() {
		SmtpRelay relay = this.relay;
		return new BuiltInHandlers.Surroundings(
				listeners().stream().filter((listener) -> isMx(rules(listener))).toList(),
				listeners().stream().filter((listener) -> rules(listener).isSubmission()).toList(), this::resolver,
				this.options.dns.timeout(),
				(listener) -> (relay != null && rules(listener).protocol() == Protocol.SMTP) ? relay.rules()
						: RelayRules.RECEIVE_ONLY,
				(listener) -> rules(listener).auth() != AuthMode.NONE, relay, this.mailboxes, this.maildir,
				(mailbox) -> this.maildir == null || this.maildirOff || this.maildir.isPossible(mailbox));
	}

	/** Over LMTP a server brings mail that has passed all this. */
	private static boolean isMx(ListenerRules rules) {
		return rules.protocol() == Protocol.SMTP && !rules.isSubmission();
	}

	/** For handlers, which run only while the server does. */
	private DnsResolver resolver() {
		return Objects.requireNonNull(this.resolver, "the server does not run");
	}

	private RelayEnvironment relayEnvironment() {
		Maildir maildir = this.maildir;
		boolean kept = maildir != null && !this.maildirOff;
		return new RelayEnvironment(this.hostname, this.options.dns,
				kept ? new ServedMaildirs(this.domains, maildir, this.hostname) : null);
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

	/**
	 * Adds a handler that says where mail from the queue goes, and may block.
	 * @param command {@code route}
	 * @param name a name, unique for {@code route}
	 * @param handler the handler
	 */
	public void addHandler(String command, String name, RouteHandler handler) {
		addHandler(command, name, (spec) -> {
		}, handler);
	}

	/**
	 * Adds a handler that says where mail from the queue goes. On a running server, it is
	 * asked from the next attempt on.
	 * @param command {@code route}
	 * @param name a name, unique for {@code route}
	 * @param spec says where and how it runs
	 * @param handler the handler
	 * @throws io.mailio.handler.HandlerConfigurationException if it cannot be put in
	 * order; on a stopped server this is found when it starts
	 */
	public void addHandler(String command, String name, Consumer<HandlerSpec> spec, RouteHandler handler) {
		add(HandlerRegistration.of(command, name, this.options.configured(command, name).andThen(spec), handler));
	}

	/**
	 * Adds a reactive handler that says where mail from the queue goes, otherwise like
	 * {@link #addHandler(String, String, Consumer, RouteHandler)}.
	 */
	public void addReactiveHandler(String command, String name, Consumer<HandlerSpec> spec,
			ReactiveRouteHandler handler) {
		add(HandlerRegistration.of(command, name, this.options.configured(command, name).andThen(spec), handler));
	}

	private synchronized void add(HandlerRegistration handler) {
		List<HandlerRegistration> more = new ArrayList<>(this.handlers);
		more.add(handler);
		if (this.running != null) {
			check(more);
		}
		this.handlers.add(handler);
		serveAnew();
	}

	/**
	 * Switches a handler off; its name stays as an anchor for others. With
	 * {@code queue/maildir} goes its {@code rcpt/mailbox}, unless that knows aliases,
	 * mailboxes or a resolver. On a running server this holds for sessions that begin
	 * from now on.
	 * @param command the command or event, in lower case
	 * @param name the name of the handler
	 */
	public synchronized void disableHandler(String command, String name) {
		switchOff(command + "/" + name);
		serveAnew();
	}

	/** Where no maildir takes mail, each name can be a mailbox. */
	private void switchOff(String handler) {
		this.disabled.add(handler);
		if (handler.equals(BuiltInHandlers.MAILDIR)) {
			this.maildirOff = true;
			if (this.maildir != null && this.options.builtIn.isAnyMailbox()) {
				this.disabled.add(BuiltInHandlers.MAILBOX);
			}
		}
	}

	/**
	 * Adds somebody who is told what happens in sessions. On a running server this holds
	 * for sessions that begin from now on.
	 * @param listener the listener
	 */
	public synchronized void addSessionListener(SessionListener listener) {
		this.sessionListeners.add(listener);
		serveAnew();
	}

	/**
	 * Replaces the server's keys. Sessions that are encrypted already are left alone, and
	 * so are listeners with keys of their own.
	 * @param tls the new keys
	 */
	public synchronized void updateTls(Tls tls) {
		this.tls = tls;
		serveAnew();
	}

	/**
	 * Replaces the keys of one listener. Sessions that are encrypted already are left
	 * alone.
	 * @param listener the name of the listener
	 * @param tls the new keys
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized void updateTls(String listener, Tls tls) {
		spec(listener);
		this.ownTls.put(listener, tls);
		serveAnew();
	}

	private ListenerSpec spec(String listener) {
		ListenerSpec spec = this.listenerSpecs.get(listener);
		if (spec == null) {
			throw new IllegalArgumentException(
					"There is no listener '" + listener + "'; there are: " + String.join(", ", listeners()));
		}
		return spec;
	}

	private @Nullable Tls keys(String listener) {
		Tls own = this.ownTls.get(listener);
		return (own != null) ? own : this.tls;
	}

	private ListenerRules rules(String listener) {
		return spec(listener).rules(keys(listener), this.options.authRequiresTls);
	}

	private void serveAnew() {
		RunningServer current = this.running;
		if (current != null) {
			current.listeners().forEach((name, listener) -> listener.serve(service(name, current), keys(name)));
			this.routes = routes(current);
		}
	}

	private @Nullable RouteChain routes(RunningServer environment) {
		HandlerChain chain = chains(this.handlers, null).chain(HandlerNames.ROUTE);
		return chain.isEmpty() ? null
				: new RouteChain(chain, environment.executor(), this.options.limits.handlerTimeout());
	}

	/**
	 * Starts: puts the handlers in order, checks where mail is kept and where content
	 * goes while it arrives, binds the sockets. Blocks until the server listens; does
	 * nothing if it runs.
	 * @throws SmtpServerStartException if a socket cannot be bound or mail cannot be kept
	 * @throws io.mailio.handler.HandlerConfigurationException if the handlers cannot be
	 * put in order
	 */
	public synchronized void start() {
		if (this.running != null) {
			return;
		}
		check(this.handlers);
		checkDirectories(this.listenerSpecs.values().iterator().next().socketAddress());
		RunningServer next = environment();
		this.resolver = next.resolver();
		try {
			openQueue();
			this.listenerSpecs.forEach(
					(name, spec) -> next.bind(name, service(name, next), new SmtpListener.Options(spec.socketAddress(),
							this.options.bareNewline, rules(name).tls(), keys(name), spec.trustedProxies())));
			if (this.relay != null) {
				this.routes = routes(next);
				this.relay.start(next.listeners().values().stream().map(SmtpListener::address).toList(),
						() -> this.routes);
			}
		}
		catch (RuntimeException | Error ex) {
			next.dispose();
			closeQueue();
			throw ex;
		}
		this.running = next;
		report();
	}

	private RunningServer environment() {
		try {
			return new RunningServer(this.options.dns, this.options.handlerExecutor);
		}
		catch (IllegalArgumentException ex) {
			throw new SmtpServerStartException(SmtpServerStartException.Reason.DNS_SERVER,
					this.listenerSpecs.values().iterator().next().socketAddress(), String.valueOf(ex.getMessage()), ex);
		}
	}

	/** Before anybody can bring mail for it. */
	private void openQueue() {
		if (this.relay != null) {
			try {
				this.relay.open();
			}
			catch (IOException ex) {
				throw new SmtpServerStartException(SmtpServerStartException.Reason.QUEUE,
						this.listenerSpecs.values().iterator().next().socketAddress(),
						"Cannot open the queue: " + SmtpServerStartException.why(ex), ex);
			}
		}
	}

	private void closeQueue() {
		if (this.relay != null) {
			this.relay.close();
		}
	}

	private void checkDirectories(InetSocketAddress address) {
		checkMaildir(address);
		try {
			this.options.content.prepareDirectory();
		}
		catch (IOException ex) {
			throw new SmtpServerStartException(SmtpServerStartException.Reason.TEMPORARY_FILES, address,
					"Cannot receive large messages: " + SmtpServerStartException.why(ex), ex);
		}
	}

	private void checkMaildir(InetSocketAddress address) {
		Maildir maildir = this.maildir;
		if (maildir == null || this.maildirOff) {
			return;
		}
		try {
			maildir.check();
		}
		catch (IOException ex) {
			throw new SmtpServerStartException(SmtpServerStartException.Reason.STORAGE, address,
					"Cannot keep mail: " + SmtpServerStartException.why(ex), ex);
		}
	}

	private void report() {
		boolean alone = listeners().size() == 1;
		for (String name : listeners()) {
			new StartReport(name, alone, rules(name), chains(this.handlers, name), this.sasl.isPossible(),
					this.options.startAdvice)
				.log(this.hostname, this.domains, address(name));
		}
		warnOfOpenRelay();
		if (this.relay == null && handlers().containsKey(HandlerNames.ROUTE)) {
			logger.warn("The handlers of route are never asked: this server sends no mail, it has no relay");
		}
	}

	/** Any client can name a sender of a served domain, so that rule keeps nobody out. */
	private void warnOfOpenRelay() {
		if (this.relay != null && this.relay.rules().isOpen()) {
			String whom = this.relay.rules().openRelay() ? "from any sender" : "from any sender of a served domain";
			logger.warn("OPEN RELAY: everybody who can reach this server can send mail to everywhere, {}. {}", whom,
					this.options.startAdvice.apply(StartWarning.OPEN_RELAY));
		}
	}

	private SmtpService service(String listener, RunningServer environment) {
		Limits own = spec(listener).limits();
		HandlerChains chains = chains(this.handlers, listener);
		return new SmtpService(new SmtpService.Options(new ServerInfo(this.hostname, this.domains, listener),
				rules(listener), (own != null) ? own : this.options.limits, chains, this.options.content,
				environment.executor(), BuiltInHandlers.reverseLookup(environment.resolver(), chains),
				SessionListeners.of(this.sessionListeners), this.options.rawHeaders, this.options.extensions, this.sasl,
				(this.relay != null) ? this.relay::bounce : null));
	}

	/** Whether the handlers can be put in order, on each listener. */
	private void check(List<HandlerRegistration> registrations) {
		registrations.forEach((handler) -> handler.requireListeners(listeners()));
		listeners().forEach((name) -> chains(registrations, name));
	}

	private HandlerChains chains(List<HandlerRegistration> registrations, @Nullable String listener) {
		return HandlerChains.of(registrations, listener, this.disabled);
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
		CompletableFuture<Void> sent = (this.relay != null) ? this.relay.drain()
				: CompletableFuture.completedFuture(null);
		return CompletableFuture.allOf(this.running.drain(), sent)
			.completeOnTimeout(null, this.options.gracePeriod.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Stops now: sessions get 421 and are closed, handlers are interrupted. Blocks for
	 * some seconds at most, also in an interrupted thread, which stays interrupted. Does
	 * not fail.
	 */
	@Override
	public synchronized void close() {
		RunningServer ending = this.running;
		if (ending != null) {
			this.running = null;
			ending.dispose();
			closeQueue();
			logger.info("SMTP server {} has stopped", this.hostname);
		}
	}

	/** Whether it listens, or still lets sessions end. */
	public synchronized boolean isRunning() {
		return this.running != null;
	}

	/** The names of its listeners, {@code default} if it has just one. */
	public Set<String> listeners() {
		return this.listenerSpecs.keySet();
	}

	/**
	 * The port it listens on; of several listeners, that of the first.
	 * @throws IllegalStateException if it does not run
	 */
	public int port() {
		return address().getPort();
	}

	/**
	 * The port of one listener.
	 * @param listener the name of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 * @throws IllegalStateException if the server does not run
	 */
	public int port(String listener) {
		return address(listener).getPort();
	}

	/**
	 * The address it listens on; of several listeners, that of the first.
	 * @throws IllegalStateException if it does not run
	 */
	public InetSocketAddress address() {
		return address(listeners().iterator().next());
	}

	/**
	 * The address of one listener.
	 * @param listener the name of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 * @throws IllegalStateException if the server does not run
	 */
	public synchronized InetSocketAddress address(String listener) {
		spec(listener);
		if (this.running == null) {
			throw new IllegalStateException("The SMTP server is not running");
		}
		return Objects.requireNonNull(this.running.listeners().get(listener)).address();
	}

	/** How it sends mail; empty if it does not. */
	public Optional<SmtpRelay> relay() {
		return Optional.ofNullable(this.relay);
	}

	/** How many connections are open. */
	public synchronized int connections() {
		return (this.running != null) ? this.running.connections() : 0;
	}

	/** Its name in the greeting, in EHLO and in {@code Received}. */
	public String hostname() {
		return this.hostname;
	}

	/** The served domains, in lower case, internationalised ones as A-labels. */
	public Set<String> domains() {
		return this.domains;
	}

	/**
	 * The names of the handlers by command, in the order they run, whatever listeners
	 * they run on.
	 */
	public synchronized Map<String, List<String>> handlers() {
		return chains(this.handlers, null).names();
	}

	/**
	 * The names of the handlers of one listener by command, in the order they run.
	 * @param listener the name of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized Map<String, List<String>> handlers(String listener) {
		spec(listener);
		return chains(this.handlers, listener).names();
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

		private RawHeaders rawHeaders = RawHeaders.REJECT;

		private ContentBuffer.Options content = ContentBuffer.Options.defaults();

		private DnsOptions dns = DnsOptions.defaults();

		private final BuiltInHandlers builtIn;

		private @Nullable RelaySpec relay;

		private @Nullable Executor handlerExecutor;

		private final List<SessionListener> sessionListeners = new ArrayList<>();

		private final Map<String, ListenerSpec> listeners = new LinkedHashMap<>();

		private BiFunction<String, String, Map<String, String>> handlerConfig = (command, name) -> Map.of();

		private @Nullable Tls tls;

		private boolean authRequiresTls = true;

		private final List<Authenticator> authenticators = new ArrayList<>();

		private @Nullable CredentialStore credentialStore;

		private Duration gracePeriod = Duration.ofSeconds(30);

		private Function<StartWarning, String> startAdvice = StartWarning::advice;

		private Builder() {
			this.builtIn = new BuiltInHandlers();
		}

		/** What a server was built with stays as it is when the builder is used again. */
		private Builder(Builder other) {
			this.handlers.addAll(other.handlers);
			this.disabled.addAll(other.disabled);
			this.extensions.addAll(other.extensions);
			this.sessionListeners.addAll(other.sessionListeners);
			other.listeners.forEach((name, spec) -> this.listeners.put(name, new ListenerSpec(spec)));
			this.hostname = other.hostname;
			this.domains = other.domains;
			this.address = other.address;
			this.port = other.port;
			this.limits = other.limits;
			this.bareNewline = other.bareNewline;
			this.rawHeaders = other.rawHeaders;
			this.content = other.content;
			this.dns = other.dns;
			this.builtIn = new BuiltInHandlers(other.builtIn);
			this.relay = (other.relay != null) ? new RelaySpec(other.relay) : null;
			this.handlerExecutor = other.handlerExecutor;
			this.handlerConfig = other.handlerConfig;
			this.tls = other.tls;
			this.authRequiresTls = other.authRequiresTls;
			this.authenticators.addAll(other.authenticators);
			this.credentialStore = other.credentialStore;
			this.gracePeriod = other.gracePeriod;
			this.startAdvice = other.startAdvice;
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
			this.hostname = DomainNames.isAscii(hostname) ? hostname : DomainNames.toAscii(hostname);
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
				served.add(DomainNames.toAscii(domain));
			}
			this.domains = Collections.unmodifiableSet(served);
			return this;
		}

		/**
		 * Adds a listener. A server with such listeners has no other: {@link #address}
		 * and {@link #port} then say nothing. The first one added is the first.
		 * @param name its name, unique; handlers and events know it by that
		 * @param spec says how it is
		 * @throws IllegalArgumentException if the name was given before or is none
		 */
		public Builder listener(String name, Consumer<ListenerSpec> spec) {
			ListenerSpec listener = new ListenerSpec(name);
			spec.accept(listener);
			if (this.listeners.putIfAbsent(name, listener) != null) {
				throw new IllegalArgumentException("There are two listeners '" + name + "'");
			}
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

		/**
		 * What becomes of a message whose header fields hold more than US-ASCII without
		 * being declared by SMTPUTF8; the default is to refuse it.
		 */
		public Builder rawHeaders(RawHeaders rawHeaders) {
			this.rawHeaders = rawHeaders;
			return this;
		}

		/**
		 * Where content goes while it arrives. A directory that is missing is made when
		 * the server starts.
		 */
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
			return maildir(MaildirOptions.defaults().withMailDir(pattern));
		}

		/** Keeps mail for served domains in maildirs ({@code queue/maildir}). */
		public Builder maildir(MaildirOptions options) {
			this.builtIn.maildir = options;
			return this;
		}

		/**
		 * Aliases, and which mailboxes there are ({@code rcpt/mailbox}); by default each
		 * address is its own mailbox. Checked when the server is built: then
		 * {@link io.mailio.handler.HandlerConfigurationException} says which alias leads
		 * to itself, to an unknown mailbox or to a domain that is not served.
		 */
		public Builder mailboxes(MailboxOptions options) {
			this.builtIn.mailboxes = options;
			return this;
		}

		/**
		 * Who knows which mailboxes an address leads to ({@code rcpt/mailbox}); asked
		 * about what the aliases give.
		 */
		public Builder mailboxResolver(MailboxResolver resolver) {
			this.builtIn.mailboxResolver = resolver;
			return this;
		}

		/** A {@link #mailboxResolver} that does not block; there is one or the other. */
		public Builder reactiveMailboxResolver(ReactiveMailboxResolver resolver) {
			this.builtIn.reactiveMailboxResolver = resolver;
			return this;
		}

		/**
		 * Which mailboxes have room ({@code rcpt/mailbox}, {@code queue/maildir}); all by
		 * default.
		 */
		public Builder mailboxQuota(MailboxQuota quota) {
			this.builtIn.mailboxQuota = quota;
			return this;
		}

		/**
		 * Sends mail to other servers ({@code rcpt/relay}, {@code queue/relay}); without
		 * this a server only receives. The queue is opened when the server starts.
		 * @param spec says who may send, where mail waits and where it goes
		 */
		public Builder relay(Consumer<RelaySpec> spec) {
			this.relay = new RelaySpec();
			spec.accept(this.relay);
			return this;
		}

		/**
		 * Accepts all messages and forgets them ({@code queue/discard}): for tests and
		 * measurements.
		 */
		public Builder discard() {
			this.builtIn.discard = true;
			return this;
		}

		/**
		 * Lets SpamAssassin look at messages ({@code queue/spamd}); off by default.
		 * @param spamd how it is asked
		 */
		public Builder spamd(SpamdOptions spamd) {
			this.builtIn.spamd = spamd;
			return this;
		}

		/**
		 * Makes clients wait for the greeting and refuses those that do not
		 * ({@code connect/early-talker}).
		 */
		public Builder earlyTalker(EarlyTalkerOptions options) {
			this.builtIn.earlyTalker = options;
			return this;
		}

		/**
		 * What header of a message is taken ({@code queue/headers}); the default is
		 * {@link HeadersOptions#defaults()}.
		 */
		public Builder headers(HeadersOptions headers) {
			this.builtIn.headers = headers;
			return this;
		}

		/**
		 * Looks whether names of clients lead back to their addresses
		 * ({@code connect/rdns}).
		 */
		public Builder rdns(RdnsOptions options) {
			this.builtIn.rdns = options;
			return this;
		}

		/** Asks lists in the DNS about clients ({@code rcpt/dnsbl}). */
		public Builder dnsbl(DnsblOptions options) {
			this.builtIn.dnsbl = options;
			return this;
		}

		/** Where the server tells what there is to count; the default is nowhere. */
		public Builder meters(Meters meters) {
			this.builtIn.meters = meters;
			return this;
		}

		/**
		 * Switches a handler off; its name stays as an anchor. With {@code queue/maildir}
		 * goes its {@code rcpt/mailbox}, unless that knows aliases, mailboxes or a
		 * resolver.
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

		/** Adds a handler that says where mail from the queue goes, and may block. */
		public Builder handler(String command, String name, RouteHandler handler) {
			return handler(command, name, (spec) -> {
			}, handler);
		}

		/** Adds a handler that says where mail from the queue goes. */
		public Builder handler(String command, String name, Consumer<HandlerSpec> spec, RouteHandler handler) {
			this.handlers.add((options) -> HandlerRegistration.of(command, name,
					options.configured(command, name).andThen(spec), handler));
			return this;
		}

		/** Adds a reactive handler that says where mail from the queue goes. */
		public Builder reactiveHandler(String command, String name, Consumer<HandlerSpec> spec,
				ReactiveRouteHandler handler) {
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
			this.sessionListeners.add(sessionListener);
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

		/**
		 * The keys for TLS. With keys STARTTLS is offered (RFC 3207), unless a listener
		 * says otherwise; without keys there is no TLS.
		 */
		public Builder tls(Tls tls) {
			this.tls = tls;
			return this;
		}

		/** Whether AUTH is offered and taken under TLS only; {@code true} by default. */
		public Builder authRequiresTls(boolean authRequiresTls) {
			this.authRequiresTls = authRequiresTls;
			return this;
		}

		/**
		 * Who checks passwords, tokens or certificates of clients; AUTH is then offered
		 * with the mechanisms that lead to these. If several check the same kind, the one
		 * added first is asked. Handlers of {@code auth} are asked afterwards.
		 */
		public Builder authenticator(Authenticator authenticator) {
			this.authenticators.add(authenticator);
			return this;
		}

		/** Who knows users for SCRAM, which is then offered (RFC 5802). */
		public Builder credentialStore(CredentialStore credentialStore) {
			this.credentialStore = credentialStore;
			return this;
		}

		/**
		 * Which addresses users may send from on listeners that require AUTH
		 * ({@code mail/sender-login}); the default is {@link SenderPolicy#OWN_ADDRESS}.
		 */
		public Builder senderPolicy(SenderPolicy senderPolicy) {
			this.builtIn.senderPolicy = senderPolicy;
			return this;
		}

		/** How long sessions may go on when the server stops; 30 seconds by default. */
		public Builder gracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
			return this;
		}

		/**
		 * What the log advises beside a warning at start, in the words of whoever
		 * configures this server; the default is {@link StartWarning#advice()}.
		 */
		public Builder startAdvice(Function<StartWarning, String> startAdvice) {
			this.startAdvice = startAdvice;
			return this;
		}

		/**
		 * A server, not yet started. What is done with this builder later does not change
		 * it.
		 */
		public SmtpServer build() {
			return new SmtpServer(this);
		}

		private String name() {
			return (this.hostname != null) ? this.hostname : machineName();
		}

		/** At least one. */
		private Map<String, ListenerSpec> listenerSpecs() {
			if (!this.listeners.isEmpty()) {
				return Collections.unmodifiableMap(this.listeners);
			}
			return Map.of(DEFAULT_LISTENER, new ListenerSpec(DEFAULT_LISTENER).address(this.address).port(this.port));
		}

		private Consumer<HandlerSpec> configured(String command, String name) {
			return (spec) -> spec.config(this.handlerConfig.apply(command, name));
		}

		private static String machineName() {
			try {
				String name = InetAddress.getLocalHost().getHostName();
				return (DomainNames.isAscii(name) && AddressParser.isDomain(name)) ? name : "localhost";
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
