/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import javax.net.ssl.SSLSession;

import io.mailio.codec.ReplyDecoder;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a server: a channel handler that writes commands and content, reads
 * replies and keeps the time. Whoever owns the connection is its dialogue; there is one
 * at a time, or none while the connection is idle. Commands are collected and flushed
 * once per read. Everything here runs on the channel's event loop, unless it says
 * otherwise.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

	/** Who owns a connection; called on its event loop. */
	interface Dialogue {

		/** The connection is open. */
		default void connected() {
		}

		/** The server has said something. */
		void reply(Reply reply);

		/** The server takes more content. */
		default void writable() {
		}

		/** The connection is of no more use. Nothing else is told afterwards. */
		void broken(Trouble trouble);

	}

	/**
	 * Why a connection is of no more use.
	 *
	 * @param kind what has happened
	 * @param detail more of it, empty if there is nothing to be said
	 */
	record Trouble(Kind kind, String detail) {

		enum Kind {

			/** It could not be opened. */
			UNREACHABLE,
			/** The server has closed it, or the network. */
			LOST,
			/** The server has taken too long. */
			TIMEOUT,
			/** The server does not speak SMTP as it should. */
			PROTOCOL,
			/** Nobody wants it any more. */
			ABORTED

		}

	}

	/** What happens in the life of a connection beside its dialogues; any thread. */
	interface Owner {

		/** It is idle, and the time for that is over. */
		void idleTooLong(ClientConnection connection);

		/** It is closed. */
		void closed(ClientConnection connection);

	}

	private enum State {

		CONNECTING, OPEN, CLOSED

	}

	private static final Logger logger = LoggerFactory.getLogger(ClientConnection.class);

	private static final int MAX_LINE = 2048;

	/** Of a reply; that to EHLO may have many. */
	private static final int MAX_LINES = 128;

	/** Of a line that is no reply, this is enough. */
	private static final int MAX_QUOTED = 80;

	private static final byte[] CRLF = { '\r', '\n' };

	private final SmtpTarget target;

	private final SmtpTimeouts timeouts;

	private final Owner owner;

	private final String id;

	private final @Nullable ClientTrace trace;

	private final ReplyDecoder decoder = new ReplyDecoder(MAX_LINE, MAX_LINES);

	private final AtomicReference<State> state = new AtomicReference<>(State.CONNECTING);

	private volatile @Nullable ChannelHandlerContext context;

	private volatile @Nullable Dialogue dialogue;

	private @Nullable ByteBuf pending;

	private @Nullable ByteBuf output;

	private @Nullable ScheduledFuture<?> alarm;

	private long alarmAt;

	private long deadline;

	private boolean waiting;

	private boolean reading;

	private boolean handshaking;

	private Capabilities capabilities = Capabilities.NONE;

	private Transmission.@Nullable Encryption encryption;

	private long openedAt;

	private int transactions;

	private boolean reused;

	/**
	 * A connection that is about to be opened.
	 * @param dialogue who owns it first
	 */
	ClientConnection(SmtpTarget target, SmtpTimeouts timeouts, Owner owner, Dialogue dialogue) {
		this.target = target;
		this.timeouts = timeouts;
		this.owner = owner;
		this.dialogue = dialogue;
		this.id = Long.toString(ThreadLocalRandom.current().nextLong() & Long.MAX_VALUE, Character.MAX_RADIX);
		this.trace = ClientTrace.of(this.id, target);
	}

	SmtpTarget target() {
		return this.target;
	}

	SmtpTimeouts timeouts() {
		return this.timeouts;
	}

	@Nullable ClientTrace trace() {
		return this.trace;
	}

	Capabilities capabilities() {
		return this.capabilities;
	}

	void capabilities(Capabilities capabilities) {
		this.capabilities = capabilities;
	}

	/** How it is encrypted, {@code null} for not at all. */
	Transmission.@Nullable Encryption encryption() {
		return this.encryption;
	}

	/** How many transactions it has seen. */
	int transactions() {
		return this.transactions;
	}

	void transactionBegins() {
		this.transactions++;
	}

	/** For how long it has been open. */
	Duration age() {
		return Duration.ofNanos(clock() - this.openedAt);
	}

	/** Whether it was idle before. */
	boolean isReused() {
		return this.reused;
	}

	// Opening

	/** It could not be opened; any thread. */
	void connectFailed(Throwable failure) {
		boolean timeout = failure instanceof ConnectTimeoutException;
		// The transport adds what it has called, and the address, which is told already.
		String why = timeout ? "timed out"
				: text(failure).replaceFirst("^\\w+\\(\\.\\.\\) failed[^:]*: ", "").replaceFirst(": \\S*:\\d+$", "");
		failToOpen(new Trouble(Trouble.Kind.UNREACHABLE, why));
	}

	private boolean failToOpen(Trouble trouble) {
		boolean first = this.state.compareAndSet(State.CONNECTING, State.CLOSED);
		if (first) {
			this.owner.closed(this);
			tell(trouble);
		}
		return first;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
		if (this.state.get() == State.CLOSED) {
			context.close();
		}
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		context.fireChannelActive();
		if (!this.state.compareAndSet(State.CONNECTING, State.OPEN)) {
			context.close();
			return;
		}
		this.openedAt = clock();
		context.channel().config().setAutoRead(true);
		Dialogue first = this.dialogue;
		if (first != null) {
			first.connected();
			flush();
		}
	}

	private ChannelHandlerContext context() {
		ChannelHandlerContext context = this.context;
		if (context == null) {
			throw new IllegalStateException("The connection is not open yet");
		}
		return context;
	}

	// Owners

	/** Whether somebody else may have it. */
	boolean isUsable() {
		return this.state.get() == State.OPEN && context().channel().isActive() && this.dialogue == null
				&& this.pending == null;
	}

	/** From now on it belongs to this dialogue. */
	void own(Dialogue next) {
		this.dialogue = next;
		this.waiting = false;
	}

	/** It belongs to nobody; if nobody takes it in time its owner is told. */
	void idle(Duration time) {
		this.dialogue = null;
		this.reused = true;
		await(time);
	}

	/** Runs a task on the event loop; any thread, once the connection is open. */
	void execute(Runnable task) {
		context().executor().execute(() -> {
			try {
				task.run();
				flush();
			}
			catch (RuntimeException | Error ex) {
				failed(ex);
			}
		});
	}

	// Writing

	/** Writes a command; it is sent at the next flush. */
	void send(String command) {
		if (this.trace != null) {
			this.trace.command(command);
		}
		sendSecretly(command);
	}

	/** Writes a line that the trace does not show. */
	void sendSecretly(String line) {
		for (int i = 0; i < line.length(); i++) {
			if (line.charAt(i) == '\r' || line.charAt(i) == '\n' || line.charAt(i) == 0) {
				throw new IllegalArgumentException("A command must not hold CR, LF or NUL");
			}
		}
		if (this.state.get() != State.OPEN) {
			return;
		}
		ByteBuf out = this.output;
		if (out == null) {
			out = context().alloc().ioBuffer(256);
			this.output = out;
		}
		out.writeCharSequence(line, StandardCharsets.UTF_8);
		out.writeBytes(CRLF);
	}

	/** Sends what was written, unless a read is being processed: then at its end. */
	void flush() {
		ByteBuf out = this.output;
		if (out != null && !this.reading) {
			this.output = null;
			context().writeAndFlush(out, context().voidPromise());
		}
	}

	/**
	 * Sends content behind what was written.
	 * @param content is released
	 * @return completes when the network has taken it
	 */
	ChannelFuture sendContent(ByteBuf content) {
		if (this.trace != null) {
			this.trace.content(content.readableBytes());
		}
		flushNow();
		return context().writeAndFlush(content);
	}

	ByteBufAllocator allocator() {
		return context().alloc();
	}

	boolean isWritable() {
		return context().channel().isWritable();
	}

	// Reading

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf in = (ByteBuf) message;
		if (this.state.get() != State.OPEN) {
			in.release();
			return;
		}
		if (this.pending == null) {
			this.pending = in;
		}
		else {
			this.pending.discardSomeReadBytes();
			this.pending.writeBytes(in);
			in.release();
		}
		this.reading = true;
		try {
			read();
			ownPending(in);
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
		}
		finally {
			this.reading = false;
		}
	}

	private void read() {
		for (ByteBuf in = this.pending; in != null; in = this.pending) {
			if (this.dialogue == null) {
				event("the server says something unasked");
				close();
				return;
			}
			ReplyDecoder.Result result = this.decoder.decode(in);
			if (!in.isReadable()) {
				releasePending();
			}
			switch (result) {
				case INCOMPLETE -> {
					return;
				}
				case REPLY -> received(this.decoder.reply());
				case TOO_LONG -> fail(new Trouble(Trouble.Kind.PROTOCOL, "a reply is too long"));
				case MALFORMED -> fail(new Trouble(Trouble.Kind.PROTOCOL,
						"this is no reply: " + Printable.of(this.decoder.badLine(), MAX_QUOTED)));
			}
		}
	}

	private void received(Reply reply) {
		if (this.trace != null) {
			this.trace.reply(reply);
		}
		Dialogue current = this.dialogue;
		if (current != null) {
			current.reply(reply);
		}
	}

	/**
	 * Keeps a copy of what is no reply yet, so that the large network buffer is free.
	 */
	private void ownPending(ByteBuf in) {
		if (this.pending == in) {
			ByteBuf rest = context().alloc().buffer(Math.max(256, in.readableBytes()));
			rest.writeBytes(in);
			in.release();
			this.pending = rest;
		}
	}

	private void releasePending() {
		if (this.pending != null) {
			this.pending.release();
			this.pending = null;
		}
	}

	/** Whether the server has said more than was read. */
	boolean hasInput() {
		return this.pending != null;
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		flush();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		Dialogue current = this.dialogue;
		if (context.channel().isWritable() && current != null) {
			current.writable();
			flush();
		}
	}

	// TLS

	/**
	 * Begins TLS. All that was learnt is forgotten (RFC 3207 section 4.2).
	 * @param handler does it
	 * @param verified whether it looks at the certificate
	 * @param done is told {@code null}, or why it has failed; the connection then is of
	 * no more use, but the dialogue still owns it
	 */
	void startTls(SslHandler handler, boolean verified, Consumer<@Nullable Throwable> done) {
		flushNow();
		this.capabilities = Capabilities.NONE;
		this.handshaking = true;
		this.waiting = false;
		handler.setHandshakeTimeout(this.timeouts.handshake().toMillis(), TimeUnit.MILLISECONDS);
		context().pipeline().addBefore(context().name(), "mailio.tls", handler);
		handler.handshakeFuture().addListener((handshake) -> {
			this.handshaking = false;
			if (this.state.get() == State.OPEN) {
				handshakeDone(handler, verified, handshake, done);
				flush();
			}
		});
	}

	private void handshakeDone(SslHandler handler, boolean verified, Future<?> handshake,
			Consumer<@Nullable Throwable> done) {
		if (handshake.isSuccess()) {
			SSLSession session = handler.engine().getSession();
			this.encryption = new Transmission.Encryption(session.getProtocol(), session.getCipherSuite(), verified);
			event(session.getProtocol() + " with " + session.getCipherSuite());
			done.accept(null);
		}
		else {
			event("TLS failed: " + ClientTls.describe(handshake.cause()));
			done.accept(handshake.cause());
		}
	}

	private void flushNow() {
		boolean before = this.reading;
		this.reading = false;
		flush();
		this.reading = before;
	}

	private void event(String text) {
		if (this.trace != null) {
			this.trace.event(text);
		}
	}

	// Time

	/** The server has this long from now on. */
	void await(Duration patience) {
		if (this.state.get() != State.OPEN) {
			return;
		}
		this.deadline = clock() + patience.toNanos();
		this.waiting = true;
		if (this.alarm == null || this.alarmAt - this.deadline > 0) {
			if (this.alarm != null) {
				this.alarm.cancel(false);
			}
			setAlarm();
		}
	}

	private void setAlarm() {
		this.alarmAt = this.deadline;
		this.alarm = context().executor()
			.schedule(this::alarm, Math.max(0, this.deadline - clock()), TimeUnit.NANOSECONDS);
	}

	/** The deadline may have moved since; to set an alarm for each costs too much. */
	private void alarm() {
		this.alarm = null;
		if (!this.waiting || this.state.get() != State.OPEN) {
			return;
		}
		if (this.deadline - clock() > 0) {
			setAlarm();
		}
		else if (this.dialogue == null) {
			this.waiting = false;
			this.owner.idleTooLong(this);
		}
		else {
			fail(new Trouble(Trouble.Kind.TIMEOUT, ""));
		}
	}

	private long clock() {
		return context().executor().ticker().nanoTime();
	}

	// Ends

	/** Says goodbye and closes; the dialogue has nothing to do with it any more. */
	void quit() {
		if (this.state.get() != State.OPEN || this.dialogue instanceof Goodbye) {
			return;
		}
		own(new Goodbye(this));
		send("QUIT");
		await(this.timeouts.quit());
		flush();
	}

	/** Waits for the reply to QUIT, whatever it is. */
	private record Goodbye(ClientConnection connection) implements Dialogue {

		@Override
		public void reply(Reply reply) {
			this.connection.close();
		}

		/** Which is what we want, too. */
		@Override
		public void broken(Trouble trouble) {
		}

	}

	/** Closes without a word to anybody. */
	void close() {
		this.dialogue = null;
		if (this.state.compareAndSet(State.OPEN, State.CLOSED)) {
			event("closing");
			this.owner.closed(this);
			release();
			context().close();
		}
	}

	/** Ends it now, whatever it is about to do; any thread. */
	void abort(String why) {
		Trouble trouble = new Trouble(Trouble.Kind.ABORTED, why);
		if (!failToOpen(trouble)) {
			failLater(trouble);
			return;
		}
		ChannelHandlerContext connecting = this.context;
		if (connecting != null) {
			connecting.close();
		}
	}

	/** The fault is ours. */
	private void failed(Throwable failure) {
		logger.error("Connection {} to {} failed", this.id, this.target.display(), Printable.of(failure));
		fail(new Trouble(Trouble.Kind.ABORTED, "internal error"));
	}

	private void failLater(Trouble trouble) {
		try {
			context().executor().execute(() -> fail(trouble));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Connection {} has lost its event loop", this.id);
			this.owner.closed(this);
		}
	}

	private void fail(Trouble trouble) {
		if (this.state.compareAndSet(State.OPEN, State.CLOSED)) {
			this.owner.closed(this);
			release();
			context().close();
			tell(trouble);
		}
	}

	private void tell(Trouble trouble) {
		event(trouble.kind() + " " + trouble.detail());
		Dialogue current = this.dialogue;
		this.dialogue = null;
		if (current != null) {
			current.broken(trouble);
		}
	}

	private void release() {
		this.waiting = false;
		if (this.alarm != null) {
			this.alarm.cancel(false);
			this.alarm = null;
		}
		releasePending();
		if (this.output != null) {
			this.output.release();
			this.output = null;
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		fail(new Trouble(Trouble.Kind.LOST, ""));
		context.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.handshaking && cause instanceof DecoderException) {
			// The handshake tells it, too.
			return;
		}
		if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
			logger.error("Connection {} to {} failed", this.id, this.target.display(), Printable.of(cause));
		}
		fail(new Trouble(Trouble.Kind.LOST, text(cause)));
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		ReferenceCountUtil.release(event);
	}

	private static String text(Throwable failure) {
		String text = (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
		return Printable.of(text);
	}

}
