/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import io.mailio.codec.LineDecoder;
import io.mailio.command.Conversation;
import io.mailio.command.MailInput;
import io.mailio.command.SmtpService;
import io.mailio.command.Wire;
import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.Ending;
import io.mailio.session.Limits;
import io.mailio.session.ReadMode;
import io.mailio.session.SessionState;
import io.mailio.session.TlsInfo;
import io.mailio.session.TlsMode;
import io.mailio.smtp.AddressText;
import io.mailio.smtp.ForeignProtocol;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: a channel handler that reads as its conversation says and writes what
 * it answers. Replies to commands that arrive together are collected and flushed once
 * (RFC 2920 section 3.2). Everything here runs on the channel's event loop.
 */
final class SmtpConnection extends ChannelInboundHandlerAdapter implements Wire {

	private static final Logger logger = LoggerFactory.getLogger(SmtpConnection.class);

	/** How much may wait unread while a handler runs. */
	private static final int MAX_BACKLOG = 64 * 1024;

	/** How many octets of replies are collected before they are written. */
	private static final int MAX_OUTPUT = 32 * 1024;

	/** A response in a dialogue (RFC 4954 section 4.3). */
	private static final int MAX_DIALOGUE_LINE = 12288;

	/**
	 * How much of a line that is too long is thrown away before the connection is cut.
	 */
	private static final long MAX_SKIPPED = 1024 * 1024;

	/** How much of a line is enough to see that it is of another protocol. */
	private static final int FOREIGN_START = 16;

	/** How long the client may take to read the last reply. */
	private static final Duration LINGER = Duration.ofSeconds(5);

	/** The same when the server does not want to wait any longer. */
	private static final Duration SHORT_LINGER = Duration.ofMillis(500);

	/** How long a TLS handshake may take. */
	private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);

	/** Deadlines are looked at least this often. */
	private static final long TICK = TimeUnit.SECONDS.toNanos(10);

	private final Sessions sessions;

	private final SmtpService service;

	private final Limits limits;

	private final LineDecoder lines = new LineDecoder();

	private final ContentReader contents;

	private ChannelHandlerContext context;

	private @Nullable Conversation conversation;

	private @Nullable SessionState session;

	private @Nullable InetAddress counted;

	private @Nullable ByteBuf pending;

	private final Output output = new Output();

	private @Nullable ScheduledFuture<?> deadlineCheck;

	private @Nullable ScheduledFuture<?> lingering;

	/** The time of the read that is being processed. */
	private long now;

	private long waitingSince;

	private boolean processing;

	private Duration linger = LINGER;

	private boolean handshaking;

	private boolean closing;

	@SuppressWarnings("NullAway.Init")
	SmtpConnection(Sessions sessions) {
		this.sessions = sessions;
		this.service = sessions.service();
		this.limits = this.service.limits();
		this.contents = new ContentReader(sessions.options().bareNewline(), this.limits);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		context.channel().config().setAutoRead(true);
		InetSocketAddress peer = (InetSocketAddress) context.channel().remoteAddress();
		InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
		if (this.sessions.options().trustedProxies().contains(peer)) {
			ProxyHeader.await(context, this.limits.idleTimeout(), (client, server) -> begin(client, server));
		}
		else {
			begin(peer, local);
		}
	}

	/** It is known who the client is. */
	private void begin(InetSocketAddress remote, InetSocketAddress local) {
		boolean encrypted = this.sessions.options().tlsMode() == TlsMode.IMPLICIT;
		if (!this.sessions.limits().tryAcquire(remote.getAddress())) {
			this.sessions.tellRefused(remote.getAddress(), System.nanoTime());
			if (!encrypted) {
				send(Replies.TOO_MANY_CONNECTIONS);
			}
			close();
			return;
		}
		this.counted = remote.getAddress();
		SessionState state = new SessionState(newId(), this.service.server(), new ConnectionInfo(local, remote),
				new ClientInfo(remote.getAddress(), literal(remote.getAddress()), ""));
		Conversation talk = new Conversation(this.service, state, this);
		this.conversation = talk;
		this.session = state;
		this.sessions.add(this);
		this.waitingSince = clock();
		checkDeadlineIn(this.limits.idleTimeout().toNanos());
		if (encrypted) {
			handshake((tls) -> {
				state.secured(tls);
				talk.connected();
			});
		}
		else {
			perform(talk::connected);
		}
	}

	private static String newId() {
		return Long.toString(ThreadLocalRandom.current().nextLong() & Long.MAX_VALUE, Character.MAX_RADIX);
	}

	private static String literal(InetAddress address) {
		return "[" + AddressText.of(address) + "]";
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf in = (ByteBuf) message;
		if (this.closing || this.conversation == null) {
			in.release();
			return;
		}
		if (this.pending == null) {
			this.pending = in;
			process(null);
			ownPending(in);
		}
		else {
			this.pending.discardSomeReadBytes();
			this.pending.writeBytes(in);
			in.release();
			process(null);
		}
	}

	/**
	 * Keeps a copy of what could not be read yet, so that the large network buffer is
	 * free.
	 */
	private void ownPending(ByteBuf in) {
		if (this.pending == in) {
			ByteBuf rest = this.context.alloc().buffer(Math.max(256, in.readableBytes()));
			rest.writeBytes(in);
			in.release();
			this.pending = rest;
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		flush();
	}

	@Override
	public void resume() {
		if (this.closing) {
			return;
		}
		this.waitingSince = this.processing ? this.now : clock();
		// It was us who did not read.
		this.contents.waited(this.waitingSince);
		if (!this.processing) {
			perform(null);
		}
	}

	/** Does something that no read has brought. */
	private void perform(@Nullable Runnable task) {
		process(task);
		flush();
	}

	/** Does something, then reads on as far as the conversation lets it. */
	private void process(@Nullable Runnable first) {
		boolean nested = this.processing;
		this.processing = true;
		this.now = clock();
		try {
			if (first != null) {
				first.run();
			}
			if (!nested) {
				readOn();
			}
		}
		catch (RuntimeException | Error ex) {
			logger.error("Session {} failed", id(), Printable.of(ex));
			endsBy(Ending.FAILURE);
			send(Replies.LOCAL_UNAVAILABLE);
			close();
		}
		finally {
			this.processing = nested;
		}
		if (!nested) {
			steerReading();
		}
	}

	private void readOn() {
		Conversation talk = this.conversation;
		boolean more = talk != null;
		while (more && (this.pending != null || isEmptyChunk(talk)) && !this.closing && !isClogged()) {
			ByteBuf in = (this.pending != null) ? this.pending : Unpooled.EMPTY_BUFFER;
			more = switch (talk.readMode()) {
				case COMMAND -> readLine(talk, in, this.limits.commandLine());
				case LINE -> readLine(talk, in, MAX_DIALOGUE_LINE);
				case DATA -> this.lines.endBadLine(in) && readContent(talk.input(), in);
				case CHUNK -> readChunk(talk.input(), in);
				case PAUSED -> false;
				case PEEK -> peek(talk);
				case DISCARD -> discard(in);
			};
			if (this.pending != null && !this.pending.isReadable()) {
				this.pending.release();
				this.pending = null;
			}
		}
	}

	/** The only thing that needs no octets to be read. */
	private static boolean isEmptyChunk(Conversation talk) {
		return talk.readMode() == ReadMode.CHUNK && talk.input().missing() == 0;
	}

	/** Replies that the client does not read wait in memory: no more of them then. */
	private boolean isClogged() {
		if (this.output.size() >= MAX_OUTPUT) {
			flush();
		}
		return !this.context.channel().isWritable();
	}

	private boolean readLine(Conversation talk, ByteBuf in, int limit) {
		int start = in.readerIndex();
		boolean fresh = this.lines.skippedOctets() == 0;
		LineDecoder.Result result = this.lines.decode(in, limit);
		if (result != LineDecoder.Result.LINE && fresh && talk.readMode() == ReadMode.COMMAND) {
			ForeignProtocol spoken = foreign(in, start, result);
			if (spoken != null) {
				talk.foreign(spoken);
				return false;
			}
		}
		if (result == LineDecoder.Result.INCOMPLETE) {
			if (this.lines.skippedOctets() > MAX_SKIPPED) {
				endsBy(Ending.EXCESS);
				close();
			}
			return false;
		}
		this.waitingSince = this.now;
		// Between two chunks a line is as good as content.
		this.contents.waited(this.now);
		switch (result) {
			case LINE -> talk.line(this.lines.line());
			case TOO_LONG -> talk.badLine(Replies.LINE_TOO_LONG);
			case BARE_NEWLINE -> talk.badLine(Replies.LINE_ENDS_WITH_CRLF);
			case NOT_UTF8 -> talk.badLine(Replies.NOT_UTF8);
			case INCOMPLETE -> throw new IllegalStateException();
		}
		return true;
	}

	/**
	 * Looks at the beginning of what is no line of a command: TLS has no lines at all,
	 * and HTTP may have long ones, or end them with LF.
	 */
	private static @Nullable ForeignProtocol foreign(ByteBuf in, int start, LineDecoder.Result result) {
		int length = Math.min(in.writerIndex() - start, FOREIGN_START);
		if (length == 0 || (result == LineDecoder.Result.INCOMPLETE && in.getByte(start) >= ' ')) {
			return null;
		}
		return ForeignProtocol.of(in.toString(start, length, StandardCharsets.ISO_8859_1));
	}

	private boolean readContent(MailInput input, ByteBuf in) {
		if (this.contents.readData(input, in, this.now)) {
			this.waitingSince = this.now;
			input.complete();
		}
		return true;
	}

	private boolean readChunk(MailInput input, ByteBuf in) {
		if (this.contents.readChunk(input, in, this.now)) {
			this.waitingSince = this.now;
			if (input.isLastChunk()) {
				input.complete();
			}
			else {
				input.endOfChunk();
			}
		}
		return true;
	}

	@Override
	public void forgetContent() {
		this.contents.forget();
	}

	private static boolean peek(Conversation talk) {
		talk.inputArrived();
		return false;
	}

	private static boolean discard(ByteBuf in) {
		in.skipBytes(in.readableBytes());
		return true;
	}

	/** Reads no more than can be processed and answered. */
	private void steerReading() {
		if (!this.context.channel().isActive()) {
			return;
		}
		boolean crowded = this.pending != null && this.pending.readableBytes() > MAX_BACKLOG;
		boolean behind = this.conversation != null && this.contents.isWithinText()
				&& this.conversation.readMode() == ReadMode.PAUSED;
		boolean wanted = this.closing || (!crowded && !behind && this.context.channel().isWritable());
		if (this.context.channel().config().isAutoRead() != wanted) {
			this.context.channel().config().setAutoRead(wanted);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (context.channel().isWritable() && !this.processing && !this.closing) {
			perform(null);
		}
		else {
			steerReading();
		}
	}

	@Override
	public void send(Reply reply) {
		if (this.closing) {
			return;
		}
		this.output.add(reply.wire());
		if (!this.processing) {
			flush();
		}
	}

	@Override
	public void sendLine(String line) {
		if (this.closing) {
			return;
		}
		this.output.add((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
		flush();
	}

	@Override
	public void startTls(Consumer<TlsInfo> secured) {
		flush();
		if (hasUnreadInput()) {
			endsBy(Ending.INJECTION);
			close();
		}
		else {
			handshake(secured);
		}
	}

	private void handshake(Consumer<TlsInfo> secured) {
		Tls tls = Objects.requireNonNull(this.sessions.tls(), "a listener with TLS has keys");
		SslHandler handler = tls.context().newHandler(this.context.alloc());
		handler.setHandshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		this.context.pipeline().addBefore(this.context.name(), "mailio.tls", handler);
		this.handshaking = true;
		handler.handshakeFuture().addListener((handshake) -> perform(() -> {
			this.handshaking = false;
			if (handshake.isSuccess() && this.closing) {
				logger.debug("The server has stopped during a TLS handshake");
			}
			else if (handshake.isSuccess()) {
				tls.forbidRenegotiation(handler.engine());
				secured.accept(TlsBindings.info(handler.engine().getSession()));
			}
			else {
				tlsFailed("handshake", handshake.cause());
				this.closing = true;
				endsBy(Ending.TLS);
				this.context.close();
			}
		}));
	}

	private void tlsFailed(String phase, Throwable cause) {
		SessionState session = this.session;
		if (logger.isDebugEnabled() && session != null) {
			logger.debug("TLS {} with {} failed in session {}: {}", phase, AddressText.of(session.client().address()),
					session.id(), TlsFailure.describe(cause));
		}
	}

	@Override
	public long now() {
		return this.now;
	}

	@Override
	public boolean hasInput() {
		return this.pending != null && this.pending.isReadable();
	}

	/** The same, or within a bad line of which the rest is skipped. */
	private boolean hasUnreadInput() {
		return hasInput() || this.lines.skippedOctets() > 0;
	}

	@Override
	public boolean isOverloaded() {
		return this.sessions.isOverloaded();
	}

	/** For logs; empty before it is known who the client is. */
	private String id() {
		return (this.conversation != null) ? this.conversation.view().id() : "";
	}

	private void endsBy(Ending ending) {
		if (this.conversation != null) {
			this.conversation.endsBy(ending);
		}
	}

	private void flush() {
		this.output.flush(this.context);
	}

	@Override
	public void close() {
		if (this.closing) {
			return;
		}
		this.closing = true;
		// Closing a socket with unread input resets it, and the client may lose the last
		// reply.
		boolean unread = hasUnreadInput() || this.contents.isReading();
		ChannelFuture written = this.output.flushLast(this.context);
		if (!unread && written.isSuccess()) {
			this.context.close();
			return;
		}
		this.lingering = this.context.executor()
			.schedule(() -> this.context.close(), this.linger.toNanos(), TimeUnit.NANOSECONDS);
		boolean encrypted = this.context.pipeline().get(SslHandler.class) != null;
		if (unread && !encrypted && this.context.channel() instanceof DuplexChannel duplex) {
			written.addListener((future) -> duplex.shutdownOutput());
			this.context.channel().config().setAutoRead(true);
		}
		else {
			written.addListener(ChannelFutureListener.CLOSE);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.closing = true;
		if (this.deadlineCheck != null) {
			this.deadlineCheck.cancel(false);
		}
		if (this.lingering != null) {
			this.lingering.cancel(false);
		}
		if (this.pending != null) {
			this.pending.release();
			this.pending = null;
		}
		this.output.clear();
		try {
			if (this.conversation != null) {
				this.conversation.disconnected();
			}
		}
		catch (RuntimeException | Error ex) {
			logger.error("The end of session {} failed", id(), Printable.of(ex));
		}
		finally {
			uncount();
		}
	}

	private void uncount() {
		this.sessions.remove(this);
		if (this.counted != null) {
			this.sessions.limits().release(this.counted);
			this.counted = null;
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof DecoderException && cause.getCause() instanceof SSLException failure) {
			// A handshake that failed was told already, and is closing.
			if (!this.closing) {
				tlsFailed("connection", failure);
			}
		}
		else if (cause instanceof java.io.IOException) {
			if (!this.closing) {
				logger.debug("Connection of session {} lost: {}", id(), Printable.of(cause.getMessage()));
			}
		}
		else {
			logger.error("Connection of session {} failed", id(), Printable.of(cause));
			endsBy(Ending.FAILURE);
		}
		context.close();
	}

	/**
	 * A client that ends TLS closes its sending side and counts as gone, whatever becomes
	 * of the connection below (RFC 8446 section 6.1).
	 */
	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event == SslCloseCompletionEvent.SUCCESS) {
			close();
		}
		ReferenceCountUtil.release(event);
	}

	private void checkDeadlineIn(long nanos) {
		this.deadlineCheck = this.context.executor()
			.schedule(this::checkDeadline, Math.max(0, Math.min(nanos, TICK)), TimeUnit.NANOSECONDS);
	}

	private void checkDeadline() {
		long left = deadline() - clock();
		if (left > 0) {
			checkDeadlineIn(left);
		}
		else if (!this.closing && this.conversation != null) {
			perform(this.conversation::timedOut);
		}
	}

	/** The instant at which the client has kept us waiting for too long. */
	private long deadline() {
		ReadMode mode = (this.conversation != null) ? this.conversation.readMode() : ReadMode.DISCARD;
		Limits current = this.sessions.isOverloaded() ? this.service.tightenedLimits() : this.limits;
		long idle = this.waitingSince + current.idleTimeout().toNanos();
		return switch (mode) {
			// A message in chunks must be complete in time, too.
			case COMMAND, LINE -> this.contents.endOr(idle);
			case DATA, CHUNK -> this.contents.deadlineOr(idle, current);
			case PAUSED, PEEK -> this.contents.endOr(never());
			case DISCARD -> never();
		};
	}

	/** Whatever is awaited has a deadline of its own. */
	private long never() {
		return clock() + TICK;
	}

	private long clock() {
		return this.context.executor().ticker().nanoTime();
	}

	/** Ends the session as soon as it has no transaction. */
	void drain() {
		execute(() -> {
			if (this.handshaking) {
				// Whoever has not even begun is not waited for, and cannot be told.
				this.closing = true;
				this.context.close();
			}
			else if (this.conversation != null && !this.closing) {
				this.conversation.drain();
			}
		});
	}

	/** Ends the session now. */
	void abort() {
		execute(() -> {
			if (this.closing) {
				this.context.close();
			}
			else if (this.conversation != null) {
				this.linger = SHORT_LINGER;
				this.conversation.abort();
			}
		});
	}

	@Override
	public void execute(Runnable task) {
		this.context.executor().execute(() -> perform(task));
	}

	@Override
	public boolean inLoop() {
		return this.context.executor().inEventLoop();
	}

	@Override
	public Runnable schedule(Runnable task, Duration delay) {
		ScheduledFuture<?> scheduled = this.context.executor()
			.schedule(() -> perform(task), delay.toNanos(), TimeUnit.NANOSECONDS);
		return () -> scheduled.cancel(false);
	}

}
