/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.mailio.codec.BareNewline;
import io.mailio.command.SmtpService;
import io.mailio.session.TlsMode;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * One listening socket on Reactor Netty's {@code TcpServer}, and its sessions. The
 * sessions' channel handler stands in the pipeline before Reactor Netty's own bridge and
 * takes everything: no operator, no thread hop and no subscription per read.
 */
public final class SmtpListener {

	private static final Logger logger = LoggerFactory.getLogger(SmtpListener.class);

	private final Sessions sessions;

	private final DisposableServer server;

	private SmtpListener(Sessions sessions, DisposableServer server) {
		this.sessions = sessions;
		this.server = server;
	}

	/**
	 * Where and how to listen.
	 *
	 * @param address where; port 0 picks a free one
	 * @param bareNewline what becomes of a bare CR or LF in content
	 * @param tlsMode how TLS is used
	 * @param tls the keys for it, {@code null} for none
	 * @param trustedProxies who may say on whose behalf they connect
	 */
	public record Options(InetSocketAddress address, BareNewline bareNewline, TlsMode tlsMode, @Nullable Tls tls,
			TrustedProxies trustedProxies) {
	}

	/**
	 * Binds. Blocks until the socket listens.
	 * @param service what the sessions share
	 * @param options where and how to listen
	 * @param loops the event loops
	 * @return the listener
	 * @throws RuntimeException with the reason as its cause, if the socket cannot be
	 * bound
	 */
	public static SmtpListener bind(SmtpService service, Options options, LoopResources loops) {
		Sessions sessions = new Sessions(service, options);
		DisposableServer server = TcpServer.create()
			.bindAddress(options::address)
			.runOn(loops)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			// Short-lived buffers of many sizes: the pooled allocator reuses them without
			// asking for fresh, zeroed memory.
			.childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
			.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
				.addFirst("mailio.smtp", new SmtpConnection(sessions)))
			.bindNow();
		return new SmtpListener(sessions, server);
	}

	/**
	 * Serves new connections with another service, and new handshakes with these keys;
	 * sessions that are encrypted already are left alone.
	 */
	public void serve(SmtpService service, @Nullable Tls tls) {
		this.sessions.serve(service, tls);
	}

	/** Where it listens. */
	public InetSocketAddress address() {
		return (InetSocketAddress) this.server.address();
	}

	/** How many connections are open. */
	public int connections() {
		return this.sessions.limits().total();
	}

	/**
	 * Takes no more connections and lets the sessions end: idle ones at once, others
	 * after their message.
	 * @return completes when the last one is closed
	 */
	public CompletionStage<Void> drain() {
		this.server.dispose();
		return this.sessions.drain();
	}

	/** Takes no more connections and begins to end all sessions. */
	public void abort() {
		this.server.dispose();
		this.sessions.drain();
		this.sessions.abort();
	}

	/**
	 * Takes no more connections and ends all sessions now. Blocks until the last one is
	 * closed; does not fail.
	 * @param patience how long to wait for them at most
	 */
	public void close(Duration patience) {
		closeSocket(patience);
		CompletableFuture<Void> empty = this.sessions.drain();
		this.sessions.abort();
		try {
			empty.get(patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("{} sessions have not ended within {}", connections(), patience);
		}
	}

	private void closeSocket(Duration patience) {
		try {
			this.server.disposeNow(patience);
		}
		catch (RuntimeException ex) {
			logger.warn("The end of the listening socket could not be waited for", ex);
		}
	}

}
