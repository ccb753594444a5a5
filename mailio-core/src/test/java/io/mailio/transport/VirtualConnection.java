/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Sasl;
import io.mailio.codec.BareNewline;
import io.mailio.command.ReverseLookup;
import io.mailio.command.SmtpService;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpRequest;
import io.mailio.message.ContentBuffer;
import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.ListenerRules;
import io.mailio.session.Protocol;
import io.mailio.session.RawHeaders;
import io.mailio.session.ServerInfo;
import io.mailio.session.TlsMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a network and without threads: its clock moves and its executor
 * works when a test says so, and what the server says is there at once.
 */
final class VirtualConnection implements AutoCloseable {

	private final Setup setup;

	private final Sessions sessions;

	private static final Pattern ADDED = Pattern.compile("(?s)^Received: .*? \\+0000\r\n"
			+ "(Date: [^\r]* \\+0000\r\n)?(Message-ID: <[^>]*@mx\\.example\\.com>\r\n)?");

	private final Wire channel;

	private final StringBuilder said = new StringBuilder();

	private int writes;

	private VirtualConnection(Setup setup, Sessions sessions) {
		this.setup = setup;
		this.sessions = sessions;
		this.channel = new Wire(setup.client, new SmtpConnection(sessions));
		settle();
	}

	/** What the server is made of. */
	static Setup setup() {
		return new Setup();
	}

	/** Octets come from the client, in one read. */
	VirtualConnection send(String octets) {
		return send(octets.getBytes(StandardCharsets.ISO_8859_1), 0, octets.length());
	}

	VirtualConnection send(byte[] octets, int from, int to) {
		if (this.channel.isOpen()) {
			this.channel.writeInbound(Unpooled.copiedBuffer(octets, from, to - from));
			settle();
		}
		return this;
	}

	/** Time passes; whatever is due is done. */
	VirtualConnection pass(Duration time) {
		Duration left = time;
		while (left.compareTo(Duration.ZERO) > 0) {
			Duration step = (left.compareTo(Duration.ofSeconds(1)) > 0) ? Duration.ofSeconds(1) : left;
			this.channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS);
			settle();
			left = left.minus(step);
		}
		return this;
	}

	/** From now on the client does not read: its window is closed. */
	VirtualConnection stopReading() {
		this.channel.deaf = true;
		return this;
	}

	/** The client reads again, first what has been waiting for it. */
	VirtualConnection readAgain() {
		this.channel.deaf = false;
		this.channel.flush();
		settle();
		return this;
	}

	/** How many octets the server holds because the client does not read them. */
	long unreadReplies() {
		ChannelOutboundBuffer waiting = this.channel.unsafe().outboundBuffer();
		return (waiting != null) ? waiting.totalPendingWriteBytes() : 0;
	}

	/** The executor does everything that waits for it, one task after the other. */
	VirtualConnection work() {
		while (!this.setup.waiting.isEmpty()) {
			this.setup.waiting.remove().run();
			settle();
		}
		return this;
	}

	private void settle() {
		this.channel.runPendingTasks();
		this.channel.runScheduledPendingTasks();
		for (ByteBuf out = this.channel.readOutbound(); out != null; out = this.channel.readOutbound()) {
			this.said.append(out.toString(StandardCharsets.ISO_8859_1));
			out.release();
			this.writes++;
		}
	}

	/** How often the server has written so far. */
	int writes() {
		settle();
		return this.writes;
	}

	/** What the server has said since this was asked last. */
	String said() {
		settle();
		String text = this.said.toString();
		this.said.setLength(0);
		return text;
	}

	/** The codes of the replies since this was asked last, one per reply. */
	List<Integer> codes() {
		return codes(said());
	}

	/** The codes of some replies. */
	static List<Integer> codes(String said) {
		List<Integer> codes = new ArrayList<>();
		for (String line : said.split("\r\n")) {
			if (line.length() > 3 && line.charAt(3) == ' ') {
				codes.add(Integer.parseInt(line.substring(0, 3)));
			}
		}
		return codes;
	}

	/**
	 * What stands behind the trace header, and the fields that a submission is completed
	 * with: what the client has sent, as {@link io.mailio.Mailroom#kept} has it.
	 */
	static String content(SmtpRequest req) throws IOException {
		try (InputStream in = req.message().openStream()) {
			return ADDED.matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)).replaceFirst("");
		}
	}

	/** Whether the server still keeps the connection open. */
	boolean isOpen() {
		settle();
		return this.channel.isOpen();
	}

	/** Whether the server wants to read. */
	boolean isReading() {
		return this.channel.config().isAutoRead();
	}

	Sessions sessions() {
		return this.sessions;
	}

	/** A second connection to the same server. */
	VirtualConnection another() {
		return new VirtualConnection(this.setup, this.sessions);
	}

	/** EHLO, MAIL, RCPT and DATA, up to the 354. */
	VirtualConnection data() {
		send("EHLO c\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n").work();
		return this;
	}

	/** The client is gone. */
	@Override
	public void close() {
		this.channel.close();
		settle();
		this.channel.finishAndReleaseAll();
	}

	private static final class Wire extends EmbeddedChannel {

		private final InetAddress client;

		private boolean deaf;

		private Wire(InetAddress client, ChannelHandler handler) {
			super(false, false, handler);
			this.client = client;
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

		@Override
		protected SocketAddress remoteAddress0() {
			return new InetSocketAddress(this.client, 40000);
		}

		@Override
		protected SocketAddress localAddress0() {
			return new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
		}

	}

	/** Collects what a server is made of. */
	static final class Setup {

		private final List<HandlerRegistration> handlers = new ArrayList<>();

		private final Queue<Runnable> waiting = new ArrayDeque<>();

		private Executor executor = this.waiting::add;

		private Protocol protocol = Protocol.SMTP;

		private TlsMode tlsMode = TlsMode.NONE;

		private AuthMode authMode = AuthMode.OPTIONAL;

		private @Nullable Tls tls;

		private TrustedProxies trustedProxies = TrustedProxies.NONE;

		private Limits limits = Limits.DEFAULTS;

		private final List<Authenticator> authenticators = new ArrayList<>();

		private BareNewline bareNewline = BareNewline.REJECT;

		private RawHeaders rawHeaders = RawHeaders.REJECT;

		private ContentBuffer.Options content = ContentBuffer.Options.defaults();

		private ReverseLookup reverseLookup = (address) -> CompletableFuture.completedFuture(Optional.empty());

		private BooleanSupplier memoryNearlyFull = () -> false;

		private InetAddress client = InetAddress.getLoopbackAddress();

		private @Nullable SessionListener listener;

		Setup protocol(Protocol protocol) {
			this.protocol = protocol;
			return this;
		}

		Setup tls(TlsMode tlsMode, Tls tls) {
			this.tlsMode = tlsMode;
			this.tls = tls;
			return this;
		}

		/** Whoever is not logged in may do nothing but that. */
		Setup loginRequired() {
			this.authMode = AuthMode.REQUIRED;
			return this;
		}

		/** The client is a proxy that says who the real client is. */
		Setup behindProxy() {
			this.trustedProxies = TrustedProxies.of(List.of("127.0.0.0/8", "::1"));
			return this;
		}

		Setup authenticator(Authenticator authenticator) {
			this.authenticators.add(authenticator);
			return this;
		}

		Setup limits(Limits limits) {
			this.limits = limits;
			return this;
		}

		Setup bareNewline(BareNewline bareNewline) {
			this.bareNewline = bareNewline;
			return this;
		}

		Setup rawHeaders(RawHeaders rawHeaders) {
			this.rawHeaders = rawHeaders;
			return this;
		}

		Setup content(ContentBuffer.Options content) {
			this.content = content;
			return this;
		}

		Setup reverseLookup(ReverseLookup reverseLookup) {
			this.reverseLookup = reverseLookup;
			return this;
		}

		/** Where the client comes from; the default is this machine. */
		Setup client(String address) {
			try {
				this.client = InetAddress.getByName(address);
				return this;
			}
			catch (UnknownHostException ex) {
				throw new IllegalArgumentException(ex);
			}
		}

		Setup memoryNearlyFull(BooleanSupplier memoryNearlyFull) {
			this.memoryNearlyFull = memoryNearlyFull;
			return this;
		}

		Setup listener(SessionListener listener) {
			this.listener = listener;
			return this;
		}

		/** The executor takes no more work. */
		Setup saturated() {
			return saturatedWhen(() -> true);
		}

		/** The executor refuses when the condition holds. */
		Setup saturatedWhen(BooleanSupplier condition) {
			return failingWhen(condition, () -> {
				throw new RejectedExecutionException("saturated");
			});
		}

		/** The executor fails, and not in the way it should, when the condition holds. */
		Setup brokenWhen(BooleanSupplier condition) {
			return failingWhen(condition, () -> {
				throw new IllegalStateException("broken");
			});
		}

		/** The executor has no memory for a thread when the condition holds. */
		Setup withoutThreadsWhen(BooleanSupplier condition) {
			return failingWhen(condition, () -> {
				throw new OutOfMemoryError("unable to create native thread");
			});
		}

		private Setup failingWhen(BooleanSupplier condition, Runnable failure) {
			this.executor = (task) -> {
				if (condition.getAsBoolean()) {
					failure.run();
				}
				this.waiting.add(task);
			};
			return this;
		}

		Setup inline(String command, CommandHandler handler) {
			return inline(command, command + "-inline", handler);
		}

		Setup inline(String command, String name, CommandHandler handler) {
			this.handlers.add(HandlerRegistration.of(command, name, (spec) -> spec.blocking(false), handler));
			return this;
		}

		/** A handler of the engine's own, that runs on the loop. */
		Setup builtIn(String command, String name, CommandHandler handler) {
			this.handlers.add(HandlerRegistration.builtIn(command, name, (spec) -> spec.blocking(false), handler));
			return this;
		}

		/** A reactive handler of the engine's own. */
		Setup builtInReactive(String command, String name, ReactiveCommandHandler handler) {
			this.handlers.add(HandlerRegistration.builtInReactive(command, name, (spec) -> spec.order(0), handler));
			return this;
		}

		Setup blocking(String command, CommandHandler handler) {
			this.handlers.add(HandlerRegistration.of(command, command + "-blocking", (spec) -> {
			}, handler));
			return this;
		}

		Setup reactive(String command, ReactiveCommandHandler handler) {
			this.handlers.add(HandlerRegistration.of(command, command + "-reactive", (spec) -> {
			}, handler));
			return this;
		}

		/** Connects a client. */
		VirtualConnection connect() {
			SmtpService service = new SmtpService(
					new SmtpService.Options(new ServerInfo("mx.example.com", Set.of("example.com"), "default"),
							new ListenerRules(this.protocol, this.tlsMode, this.authMode, false), this.limits,
							HandlerChains.of(this.handlers, "default", Set.of()), this.content,
							(task) -> this.executor.execute(task), this.reverseLookup, this.listener, this.rawHeaders,
							List.of(), new Sasl(this.authenticators, null, this.limits), null));
			SmtpListener.Options options = new SmtpListener.Options(new InetSocketAddress(0), this.bareNewline,
					this.tlsMode, this.tls, this.trustedProxies);
			return new VirtualConnection(this, new Sessions(service, options, this.memoryNearlyFull));
		}

	}

}
