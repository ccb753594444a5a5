/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.message.Content;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Envelope;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslProvider;
import io.netty.resolver.NoopAddressResolverGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Sends mail to servers by SMTP or LMTP (RFC 5321, RFC 2033): one message to one server
 * at a time and any number at once, without a thread for each. Where the server is and
 * what is done about a failure is the caller's business; a server that does not answer,
 * answers nonsense or closes the connection is a result like any other. Connections are
 * kept open for a while and used again. Thread-safe.
 *
 * <pre class="code">
 * try (SmtpClient client = SmtpClient.builder().ehloName("mail.example.com").build()) {
 *     client.send(SmtpTarget.of("mx.example.net", address), envelope, content)
 *         .thenAccept((transmission) -&gt; transmission.results().forEach(...));
 * }
 * </pre>
 */
public final class SmtpClient implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SmtpClient.class);

	private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

	private static final String CLOSED = "the client is closed";

	private final ClientConnections connections;

	private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();

	private final @Nullable LoopResources ownLoops;

	private volatile boolean closed;

	private SmtpClient(Builder builder) {
		this.ownLoops = (builder.loops == null)
				? LoopResources.create("mailio-client", 1, Runtime.getRuntime().availableProcessors(), true) : null;
		LoopResources loops = (this.ownLoops != null) ? this.ownLoops : builder.loops;
		ClientOptions options = builder.options();
		TcpClient tcp = TcpClient.newConnection()
			.runOn(loops)
			.resolver(NoopAddressResolverGroup.INSTANCE)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.timeouts().connect().toMillis())
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
		this.connections = new ClientConnections(options, builder.maxIdleConnections,
				(connection) -> connect(tcp, connection));
	}

	/** With connections that come about in another way, for tests. */
	SmtpClient(ClientConnections connections) {
		this.ownLoops = null;
		this.connections = connections;
	}

	private static void connect(TcpClient tcp, ClientConnection connection) {
		SmtpTarget target = connection.target();
		TcpClient client = tcp.remoteAddress(target::address)
			.doOnChannelInit((observer, channel, remote) -> channel.pipeline().addFirst("mailio.client", connection));
		InetAddress local = target.localAddress();
		if (local != null) {
			client = client.bindAddress(() -> new InetSocketAddress(local, 0));
		}
		client.connect().subscribe((done) -> {
		}, connection::connectFailed);
	}

	/** Begins to describe a client. */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Sends a message. The content is read while it is sent, and not released: that is
	 * the caller's to do, once the result is there; after a cancellation it may still be
	 * read for an instant, which then fails and does no harm.
	 *
	 * <p>
	 * Recipients beyond what a server takes at once are sent for in further transactions.
	 * If an idle connection turns out to be dead before the server has answered MAIL, a
	 * new one is opened; in no case is content sent twice for a recipient.
	 * @param target the server
	 * @param envelope sender, recipients and parameters; those that the server does not
	 * offer are left out or, if the message depends on them, refused here
	 * @param content the content; what is not declared BINARYMIME arrives with lines that
	 * end with CRLF, each
	 * @return what has become of the message for each recipient. It does not fail. It can
	 * be cancelled, which closes the connection. It completes on an event loop: whatever
	 * depends on it directly must not block
	 * @throws IllegalArgumentException if the envelope has no recipients
	 */
	public CompletableFuture<Transmission> send(SmtpTarget target, Envelope envelope, Content content) {
		if (envelope.recipients().isEmpty()) {
			throw new IllegalArgumentException("A message without recipients cannot be sent");
		}
		Delivery delivery = new Delivery(this.connections, target, envelope, content);
		CompletableFuture<Transmission> result = delivery.result();
		this.deliveries.add(delivery);
		result.whenComplete((transmission, failure) -> {
			this.deliveries.remove(delivery);
			if (failure != null) {
				delivery.abort("cancelled");
			}
		});
		if (this.closed) {
			delivery.abandon(CLOSED);
		}
		else {
			delivery.begin();
		}
		return result;
	}

	/**
	 * Changes whose certificates are taken under {@link TlsPolicy#VERIFIED}, from the
	 * next connection on.
	 * @throws IllegalArgumentException if TLS cannot be set up; all stays as it is then
	 */
	public void updateTrust(TrustManagerFactory trust) {
		this.connections.options().tls().trust(trust);
	}

	/** How many connections are open, or being opened. */
	public int connections() {
		return this.connections.count();
	}

	/** How many of them are idle. */
	public int idleConnections() {
		return this.connections.idleCount();
	}

	/**
	 * Ends everything: says goodbye on idle connections, closes those in use, whose
	 * messages were then not delivered, and waits for that, for some seconds at most.
	 * Does nothing the second time.
	 */
	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		CompletableFuture<Void> connectionsEnded = this.connections.end();
		this.deliveries.forEach((delivery) -> delivery.abort(CLOSED));
		CompletableFuture<?>[] ends = this.deliveries.stream().map(Delivery::result).toArray(CompletableFuture[]::new);
		await(CompletableFuture.allOf(connectionsEnded, CompletableFuture.allOf(ends)));
		this.deliveries.forEach((delivery) -> delivery.abandon(CLOSED));
		this.connections.abort(CLOSED);
		if (this.ownLoops != null) {
			await(this.ownLoops.disposeLater(Duration.ZERO, CLOSE_PATIENCE).toFuture());
		}
	}

	private static void await(CompletableFuture<?> end) {
		try {
			end.get(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException | java.util.concurrent.CancellationException ex) {
			logger.debug("The SMTP client has not ended in order", ex);
		}
	}

	/** Says how a client is; each method returns this same object. Used by one thread. */
	public static final class Builder {

		private @Nullable String ehloName;

		private SmtpTimeouts timeouts = SmtpTimeouts.DEFAULTS;

		private @Nullable LoopResources loops;

		private Executor executor = Schedulers.boundedElastic()::schedule;

		private @Nullable TrustManagerFactory trust;

		private @Nullable SslProvider sslProvider;

		private boolean loginWithoutTls;

		private int maxRecipients = 100;

		private int maxTransactions = 100;

		private Duration maxAge = Duration.ofMinutes(5);

		private Duration maxIdle = Duration.ofSeconds(15);

		private int maxIdleConnections = 200;

		private Builder() {
		}

		/**
		 * Our name for EHLO; the default is the machine's.
		 * @throws IllegalArgumentException if it is neither a domain name nor an address
		 * literal
		 */
		public Builder ehloName(String ehloName) {
			if (!AddressParser.isDomain(ehloName)) {
				throw new IllegalArgumentException("The name for EHLO '" + ehloName + "' is not a domain name");
			}
			this.ehloName = DomainNames.isAscii(ehloName) ? ehloName : DomainNames.toAscii(ehloName);
			return this;
		}

		/** How long servers may take. */
		public Builder timeouts(SmtpTimeouts timeouts) {
			this.timeouts = timeouts;
			return this;
		}

		/**
		 * The event loops; the client does not end them. The default are loops of its
		 * own.
		 */
		public Builder loops(LoopResources loops) {
			this.loops = loops;
			return this;
		}

		/**
		 * Where content is read and what takes long is calculated; the client does not
		 * shut it down. The default is Reactor's {@code boundedElastic}.
		 */
		public Builder executor(Executor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Whose certificates are taken under {@link TlsPolicy#VERIFIED}; the default are
		 * the authorities that the JVM trusts.
		 */
		public Builder trust(TrustManagerFactory trust) {
			this.trust = trust;
			return this;
		}

		/** Who does the work of TLS, for tests. */
		Builder sslProvider(SslProvider sslProvider) {
			this.sslProvider = sslProvider;
			return this;
		}

		/**
		 * Whether we log in without TLS, too, where everybody can hear the password;
		 * {@code false} by default.
		 */
		public Builder loginWithoutTls(boolean loginWithoutTls) {
			this.loginWithoutTls = loginWithoutTls;
			return this;
		}

		/**
		 * The most recipients of one transaction, 1 or more; 100 by default, which every
		 * server takes (RFC 5321 section 4.5.3.1.8). For more there are further ones.
		 */
		public Builder maxRecipients(int maxRecipients) {
			this.maxRecipients = atLeast(1, maxRecipients, "recipients of a transaction");
			return this;
		}

		/** The most transactions of one connection, 1 or more; 100 by default. */
		public Builder maxTransactions(int maxTransactions) {
			this.maxTransactions = atLeast(1, maxTransactions, "transactions of a connection");
			return this;
		}

		/** For how long a connection is used at most; 5 minutes by default. */
		public Builder maxAge(Duration maxAge) {
			this.maxAge = maxAge;
			return this;
		}

		/** For how long a connection may be idle; 15 seconds by default. */
		public Builder maxIdle(Duration maxIdle) {
			this.maxIdle = maxIdle;
			return this;
		}

		/** How many connections may be idle, 0 for none; 200 by default. */
		public Builder maxIdleConnections(int maxIdleConnections) {
			this.maxIdleConnections = atLeast(0, maxIdleConnections, "idle connections");
			return this;
		}

		private static int atLeast(int least, int number, String what) {
			if (number < least) {
				throw new IllegalArgumentException("There are at least " + least + " " + what + ", not " + number);
			}
			return number;
		}

		/**
		 * Builds it. Blocks for an instant, because trusted certificates are read.
		 * @throws IllegalArgumentException if TLS cannot be set up
		 */
		public SmtpClient build() {
			return new SmtpClient(this);
		}

		private ClientOptions options() {
			String name = (this.ehloName != null) ? this.ehloName : machineName();
			return new ClientOptions(name, this.timeouts, new ClientTls(this.trust, this.sslProvider), this.executor,
					this.loginWithoutTls, this.maxRecipients, this.maxTransactions, this.maxAge, this.maxIdle);
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

	}

}
