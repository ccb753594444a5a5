/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.mailio.message.Content;
import io.mailio.smtp.Envelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client and the server that it speaks to, without a network and without threads: the
 * test says what the server says, reads what it hears, and moves the clock.
 */
final class VirtualServer implements AutoCloseable {

	private final List<Wire> wires = new ArrayList<>();

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private final SmtpClient client;

	private SmtpTarget target = SmtpTarget
		.of("mx.example.net", new InetSocketAddress(InetAddress.getLoopbackAddress(), 25))
		.withTls(TlsPolicy.NONE);

	private boolean lazy;

	private boolean saturated;

	private boolean refusing;

	private boolean singleOctets;

	VirtualServer() {
		this(100, 100, 10);
	}

	VirtualServer(int maxRecipients, int maxTransactions, int maxIdle) {
		Executor executor = (task) -> {
			if (this.saturated) {
				throw new RejectedExecutionException("saturated");
			}
			this.waiting.add(task);
		};
		ClientOptions options = new ClientOptions("client.example", SmtpTimeouts.DEFAULTS, new ClientTls(null, null),
				executor, true, maxRecipients, maxTransactions, Duration.ofMinutes(5), Duration.ofSeconds(15));
		this.client = new SmtpClient(new ClientConnections(options, maxIdle, this::connect));
	}

	private void connect(ClientConnection connection) {
		if (this.refusing) {
			connection.connectFailed(new java.net.ConnectException("Connection refused"));
			return;
		}
		Wire wire = new Wire(connection);
		this.wires.add(wire);
		wire.open();
	}

	/** What is sent from now on goes to this target. */
	VirtualServer target(SmtpTarget target) {
		this.target = target;
		return this;
	}

	SmtpTarget target() {
		return this.target;
	}

	/** The executor works only when it is told to. */
	VirtualServer lazy() {
		this.lazy = true;
		return this;
	}

	/** The executor takes no more work. */
	VirtualServer saturated() {
		this.saturated = true;
		return this;
	}

	/** Nobody listens there. */
	VirtualServer refusing() {
		this.refusing = true;
		return this;
	}

	/** Whatever the server says comes octet by octet. */
	VirtualServer inSingleOctets() {
		this.singleOctets = true;
		return this;
	}

	SmtpClient client() {
		return this.client;
	}

	/** Sends a message. */
	CompletableFuture<Transmission> send(Envelope envelope, Content content) {
		CompletableFuture<Transmission> result = this.client.send(this.target, envelope, content);
		settle();
		return result;
	}

	/** Sends an ordinary message. */
	CompletableFuture<Transmission> send() {
		return send(Mail.envelope(), Mail.content("Subject: x\r\n\r\nHello\r\n"));
	}

	/** How many connections there have been. */
	int connections() {
		return this.wires.size();
	}

	/** The connection that was opened last. */
	private Wire wire() {
		return this.wires.get(this.wires.size() - 1);
	}

	/**
	 * Plays a dialogue on the connection that was opened last: {@code S:} is said,
	 * {@code C:} must be heard next; {@code S! close} closes, {@code C: !} must hear
	 * nothing.
	 */
	VirtualServer play(String script) {
		for (String line : script.strip().split("\n")) {
			String text = (line.length() > 3) ? line.substring(3) : "";
			if (line.startsWith("S!")) {
				leave();
			}
			else if (line.startsWith("S:")) {
				say(text + "\r\n");
			}
			else if (text.equals("!")) {
				assertThat(heard()).isEmpty();
			}
			else {
				assertThat(hearLine()).isEqualTo(text);
			}
		}
		return this;
	}

	/** Octets come from the server. */
	VirtualServer say(String octets) {
		return sayBytes(octets.getBytes(StandardCharsets.UTF_8));
	}

	private VirtualServer sayBytes(byte[] octets) {
		int step = this.singleOctets ? 1 : Math.max(1, octets.length);
		for (int from = 0; from < octets.length && wire().isOpen(); from += step) {
			wire().writeInbound(Unpooled.copiedBuffer(octets, from, Math.min(step, octets.length - from)));
			settle();
		}
		return this;
	}

	/** The server closes the connection. */
	void leave() {
		wire().close();
		settle();
	}

	/** What the server has heard since it was asked last. */
	String heard() {
		settle();
		String text = wire().heard.toString();
		wire().heard.setLength(0);
		return text;
	}

	private String hearLine() {
		settle();
		int end = wire().heard.indexOf("\r\n");
		assertThat(end).as("a line in '%s'", wire().heard).isNotNegative();
		String line = wire().heard.substring(0, end);
		wire().heard.delete(0, end + 2);
		return line;
	}

	/** Time passes. */
	VirtualServer pass(Duration time) {
		for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minusSeconds(1)) {
			for (Wire wire : List.copyOf(this.wires)) {
				wire.advanceTimeBy(1, TimeUnit.SECONDS);
			}
			settle();
		}
		return this;
	}

	/** The server's window is closed. */
	VirtualServer stopReading() {
		wire().deaf = true;
		return this;
	}

	/** The server reads again. */
	VirtualServer readAgain() {
		wire().deaf = false;
		wire().flush();
		settle();
		return this;
	}

	/** Octets that the client has written and the server does not take. */
	long unread() {
		ChannelOutboundBuffer buffer = wire().unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/** Whether the client keeps the connection open. */
	boolean isOpen() {
		settle();
		return wire().isOpen();
	}

	/** The executor does one task. */
	VirtualServer work() {
		Runnable task = this.waiting.poll();
		if (task != null) {
			task.run();
		}
		settle();
		return this;
	}

	private void settle() {
		boolean more = true;
		while (more) {
			for (Wire wire : List.copyOf(this.wires)) {
				wire.runPendingTasks();
				wire.runScheduledPendingTasks();
				for (ByteBuf out = wire.readOutbound(); out != null; out = wire.readOutbound()) {
					wire.heard.append(out.toString(StandardCharsets.UTF_8));
					out.release();
				}
			}
			more = !this.lazy && !this.waiting.isEmpty();
			if (more) {
				this.waiting.remove().run();
			}
		}
	}

	@Override
	public void close() {
		this.lazy = false;
		this.refusing = true;
		this.wires.forEach(EmbeddedChannel::close);
		settle();
		this.wires.forEach(EmbeddedChannel::finishAndReleaseAll);
		assertThat(this.client.connections()).isZero();
	}

	private static final class Wire extends EmbeddedChannel {

		private final StringBuilder heard = new StringBuilder();

		private boolean deaf;

		Wire(ClientConnection connection) {
			super(false, false, connection);
		}

		void open() {
			try {
				register();
				freezeTime();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		protected void doWrite(ChannelOutboundBuffer in) throws Exception {
			if (!this.deaf) {
				super.doWrite(in);
			}
		}

	}

}
