/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import io.mailio.handler.ChainOutcome;
import io.mailio.handler.ChainRun;
import io.mailio.handler.Dialogue;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.LiveSession;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.Subject;
import io.mailio.handler.User;
import io.mailio.message.TraceHeader;
import io.mailio.session.AuthMode;
import io.mailio.session.ClientInfo;
import io.mailio.session.Ending;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.session.ReadMode;
import io.mailio.session.SessionState;
import io.mailio.session.Stage;
import io.mailio.session.TlsInfo;
import io.mailio.session.Transaction;
import io.mailio.smtp.AddressText;
import io.mailio.smtp.ForeignProtocol;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dialogue with one client: takes lines and content, finds the command, walks it
 * through check, ask and apply, and answers. It tells the connection how to read on
 * ({@link #readMode()}). All methods are called on the session's loop.
 */
public final class Conversation implements Dialogue {

	private static final Logger logger = LoggerFactory.getLogger(Conversation.class);

	/**
	 * Events that are no verbs, and verbs that only the engine may answer: also greetings
	 * of the other protocol (RFC 2033 section 4.1).
	 */
	private static final Set<String> RESERVED = Set.of("connect", "queue", "route", "timeout", "unrecognized",
			"starttls", "ehlo", "helo", "lhlo");

	/** What is answered without an enhanced status code (RFC 2034 section 4). */
	private static final Set<String> PLAIN_REPLIES = Set.of("connect", "ehlo", "helo", "lhlo");

	private static final String BDAT = "bdat";

	private final SmtpService service;

	private final SessionState session;

	private final LiveSession view;

	private final Wire wire;

	private final ChainRun.Host host;

	/** {@code null} if nobody reads it, which is nearly always. */
	private final @Nullable ProtocolTrace trace;

	private final Opening opening = new Opening(this);

	private final MailInput input = new MailInput(this);

	/** {@code null} until somebody asks, which is seldom. */
	private @Nullable InputWatch watch;

	private final long started = System.nanoTime();

	private ReadMode readMode = ReadMode.PAUSED;

	private @Nullable ChainRun run;

	/** Who wants to know the outcome of the run. */
	private @Nullable Consumer<ChainOutcome> asking;

	private final Consumer<ChainOutcome> ended = this::ended;

	private @Nullable CompletableFuture<String> awaitedLine;

	private @Nullable Runnable cancelDelayed;

	private @Nullable SessionEvents events;

	private TraceHeader.@Nullable Origin traceOrigin;

	private @Nullable ClientInfo tracedClient;

	private String tracedProtocol = "";

	private boolean tlsFollows;

	private boolean draining;

	private boolean closed;

	/**
	 * Prepares a conversation; it begins with {@link #connected()}.
	 * @param service what all sessions share
	 * @param session what this one knows
	 * @param wire its connection
	 */
	public Conversation(SmtpService service, SessionState session, Wire wire) {
		this.service = service;
		this.session = session;
		this.view = new LiveSession(session, service.chains());
		this.wire = wire;
		this.trace = ProtocolTrace.of(session);
		this.host = new ChainRun.Host(this.view, wire, this, service.executor());
	}

	/** How the next octets are to be read. */
	public ReadMode readMode() {
		return this.readMode;
	}

	/** From now on the octets are read like this. */
	void read(ReadMode mode) {
		this.readMode = mode;
	}

	/** Where content goes. */
	public MailInput input() {
		return this.input;
	}

	/** The client is there. */
	public void connected() {
		this.opening.start();
	}

	/** A line has come, its CRLF removed. */
	public void line(String line) {
		CompletableFuture<String> awaited = this.awaitedLine;
		if (awaited != null) {
			this.awaitedLine = null;
			this.readMode = ReadMode.PAUSED;
			if (this.trace != null) {
				this.trace.response(line);
			}
			awaited.complete(line);
			return;
		}
		this.session.countCommand();
		if (!isPrintable(line)) {
			refuseUnprintable(line);
			return;
		}
		int end = endOfVerb(line);
		String argument = (end == line.length()) ? "" : line.substring(end + 1);
		Verb<?> verb = this.service.commands().find(line, end);
		if (verb == null) {
			verb = customVerb(line.substring(0, end).toLowerCase(Locale.ROOT));
		}
		if (this.trace != null) {
			trace(this.trace, verb, line);
		}
		Reply enough = (verb instanceof QuitCommand) ? null : enough();
		if (enough != null) {
			send("unrecognized", enough);
		}
		else if (verb != null) {
			verb.walk(this, argument);
		}
		else {
			unrecognized(line);
		}
	}

	/**
	 * BDAT ends at a TAB too: octets follow that must not be taken for commands.
	 */
	private static int endOfVerb(String line) {
		if (line.startsWith("\t", BDAT.length()) && line.regionMatches(true, 0, BDAT, 0, BDAT.length())) {
			return BDAT.length();
		}
		int space = line.indexOf(' ');
		return (space < 0) ? line.length() : space;
	}

	private static void trace(ProtocolTrace trace, @Nullable Verb<?> verb, String line) {
		if (verb != null) {
			trace.command(line);
		}
		else {
			trace.unknown(line);
		}
	}

	/** What every command is answered when the session has failed too often. */
	private @Nullable Reply enough() {
		if (this.session.errors() == 0 && this.session.authFailures() == 0) {
			return null;
		}
		if (isTooMuch(this.session.errors(), Limits::errors)) {
			return Replies.TOO_MANY_ERRORS;
		}
		return isTooMuch(this.session.authFailures(), Limits::authFailures) ? Replies.TOO_MANY_AUTH_FAILURES : null;
	}

	/** Whether the server is overloaded matters only between the two limits. */
	private boolean isTooMuch(int count, ToIntFunction<Limits> limit) {
		return count >= limit.applyAsInt(this.service.limits())
				|| (count >= limit.applyAsInt(this.service.tightenedLimits()) && this.wire.isOverloaded());
	}

	private @Nullable Verb<?> customVerb(String name) {
		boolean handled = !RESERVED.contains(name) && !this.view.chain(name).isEmpty();
		return handled ? new CustomVerb(name) : null;
	}

	private static boolean isPrintable(String line) {
		for (int i = 0; i < line.length(); i++) {
			char c = line.charAt(i);
			if ((c < ' ' && c != '\t') || (c >= 0x7f && (c <= 0x9f || isLayout(c)))) {
				return false;
			}
		}
		return true;
	}

	/** Separators of lines and paragraphs, and marks that turn what follows around. */
	private static boolean isLayout(char c) {
		return (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	}

	private void refuseUnprintable(String line) {
		if (this.trace != null) {
			this.trace.unknown(line);
		}
		ForeignProtocol spoken = ForeignProtocol.of(line);
		if (spoken != null) {
			foreign(spoken);
		}
		else {
			refuseLine(Replies.CONTROL_CHARACTER);
		}
	}

	/**
	 * The client speaks something else: it is left at once, lest a request that somebody
	 * else has made it send is taken for commands.
	 */
	public void foreign(ForeignProtocol spoken) {
		logger.debug("{} on a connection for SMTP, closing session {} of {}", spoken, this.session.id(),
				AddressText.of(this.session.client().address()));
		this.session.endsBy(Ending.FOREIGN);
		switch (spoken) {
			case HTTP -> refuseLine(Replies.FOREIGN_PROTOCOL);
			case TLS -> end("unrecognized", null, Ending.FOREIGN);
		}
	}

	/**
	 * A line has come that is no command at all: too long, or ended in a bare CR or LF.
	 */
	public void badLine(Reply reply) {
		this.session.countCommand();
		if (this.trace != null) {
			this.trace.garbage();
		}
		refuseLine(reply);
	}

	private void refuseLine(Reply reply) {
		CompletableFuture<String> awaited = this.awaitedLine;
		if (awaited != null) {
			// The command that waits for the line is answered, and once.
			this.awaitedLine = null;
			this.readMode = ReadMode.PAUSED;
			awaited.completeExceptionally(new SmtpReplyException(reply));
			return;
		}
		Reply enough = enough();
		if (enough != null) {
			send("unrecognized", enough);
		}
		else {
			refuse(new EventVerb("unrecognized", reply), null, reply);
		}
	}

	private void unrecognized(String line) {
		ForeignProtocol spoken = ForeignProtocol.of(line);
		if (spoken != null) {
			foreign(spoken);
		}
		else if (isTooMuch(this.session.unrecognized(), Limits::unrecognizedCommands)) {
			send("unrecognized", Replies.TOO_MANY_UNRECOGNIZED);
		}
		else {
			ask(UnrecognizedEvent.INSTANCE, line, line);
		}
	}

	/** Check, then ask, then apply. */
	<T> void execute(Verb<T> verb, String argument) {
		T checked;
		try {
			permit(verb);
			checked = verb.check(this, argument);
		}
		catch (Refusal ex) {
			refuse(verb, null, ex.reply());
			return;
		}
		if (!verb.converse(this, checked, argument)) {
			ask(verb, checked, verb.visible(argument));
		}
	}

	/**
	 * Whether a command may come now. Who must log in is told that, whatever else is
	 * missing but EHLO (RFC 4954 section 6).
	 */
	void permit(Verb<?> verb) throws Refusal {
		boolean missing = this.service.rules().auth() == AuthMode.REQUIRED && this.session.username() == null;
		if (missing && !CommandTable.isOpen(verb)) {
			if (this.session.stage() == Stage.CONNECTED) {
				verb.permit(this.session);
			}
			throw new Refusal(Replies.AUTH_REQUIRED);
		}
		verb.permit(this.session);
	}

	/** Asks the handlers; nothing is left to be found out. */
	<T> void ask(Verb<T> verb, T checked, String argument) {
		HandlerChain chain = this.view.chain(verb.name());
		if (chain.isEmpty()) {
			this.readMode = ReadMode.COMMAND;
			accept(verb, checked, verb.reply(this, checked));
			return;
		}
		run(chain, new SmtpCommand(verb.name(), argument), verb.subject(checked),
				this.service.limits().handlerTimeout(), (outcome) -> decided(verb, checked, outcome));
	}

	/** Walks a chain; nothing is read meanwhile. */
	void run(HandlerChain chain, SmtpCommand command, Subject subject, Duration timeout,
			Consumer<ChainOutcome> outcome) {
		this.readMode = ReadMode.PAUSED;
		this.asking = outcome;
		ChainRun next = new ChainRun(this.host, chain, command, subject, timeout, this.ended);
		this.run = next;
		next.start();
	}

	private void ended(ChainOutcome result) {
		ChainRun ended = Objects.requireNonNull(this.run);
		Consumer<ChainOutcome> asking = Objects.requireNonNull(this.asking);
		this.run = null;
		this.asking = null;
		this.readMode = ReadMode.PAUSED;
		cancelAwaitedInput();
		if (this.trace != null) {
			this.trace.decided(ended.command().name(), ended.chain(), result);
		}
		asking.accept(result);
		this.wire.resume();
	}

	private <T> void decided(Verb<T> verb, T checked, ChainOutcome outcome) {
		this.readMode = ReadMode.COMMAND;
		Reply instead = verb.overrule(this, checked);
		if (instead != null) {
			refuse(verb, checked, instead);
			return;
		}
		Reply given = outcome.reply();
		switch (outcome.kind()) {
			case ACCEPT -> {
				Reply own = verb.reply(this, checked);
				accept(verb, checked, (given != null) ? verb.merge(own, given) : own);
			}
			case REJECT -> refuse(verb, checked, Objects.requireNonNull(given), name(verb, outcome));
			case END -> {
				if (given != null && given.isNegative()) {
					verb.refused(this, checked, given);
					this.session.refused(name(verb, outcome), given);
				}
				end(verb.name(), given, Ending.HANDLER);
			}
		}
	}

	private static String name(Verb<?> verb, ChainOutcome outcome) {
		return verb.name() + "/" + outcome.decidedBy();
	}

	private <T> void accept(Verb<T> verb, T checked, Reply reply) {
		if (reply.isNegative()) {
			refuse(verb, checked, reply);
			return;
		}
		verb.apply(this, checked);
		this.session.accepted(verb.name(), reply.code());
		send(verb.name(), reply);
	}

	/** A chunk that has come is refused. */
	void refuseChunk(Reply reply) {
		this.session.countError();
		this.session.rejected("data", reply.code());
		send("data", reply);
	}

	/** Answers that the command has no effect. */
	<T> void refuse(Verb<T> verb, @Nullable T checked, Reply reply) {
		refuse(verb, checked, reply, verb.name());
	}

	private <T> void refuse(Verb<T> verb, @Nullable T checked, Reply reply, String by) {
		verb.refused(this, checked, reply);
		// RFC 5321 section 4.5.3.1.10: a client that has more recipients goes on with
		// DATA.
		if (reply != Replies.TOO_MANY_RECIPIENTS) {
			this.session.countError();
		}
		this.session.rejected(verb.name(), reply.code());
		this.session.refused(by, reply);
		boolean closesAnyway = verb.name().equals("connect") || verb.name().equals("timeout");
		if (closesAnyway) {
			end(verb.name(), reply, Ending.REFUSED);
		}
		else {
			Duration delay = verb.delay(this, checked);
			if (delay.isZero()) {
				send(verb.name(), reply);
			}
			else {
				after(delay, () -> send(verb.name(), reply));
			}
		}
	}

	/** Does something now or, when the time has passed in which nothing is read. */
	void after(Duration delay, Runnable task) {
		if (delay.isZero()) {
			task.run();
			return;
		}
		this.readMode = ReadMode.PAUSED;
		this.cancelDelayed = this.wire.schedule(() -> {
			this.cancelDelayed = null;
			this.readMode = ReadMode.COMMAND;
			task.run();
			this.wire.resume();
		}, delay);
	}

	/** Reads a command next. */
	void readCommand() {
		this.readMode = ReadMode.COMMAND;
	}

	/** Answers; 421 is always the last reply (RFC 5321 section 3.8). */
	void send(String command, Reply reply) {
		if (this.closed) {
			return;
		}
		write(command, reply);
		if (reply.code() == 421) {
			closeAfterReply(ending(reply));
		}
		if (this.session.stage() == Stage.CLOSING) {
			this.readMode = ReadMode.DISCARD;
			this.wire.close();
		}
		else if (this.tlsFollows) {
			startTls();
		}
		else {
			closeIfDrained();
		}
	}

	private void write(String command, Reply reply) {
		boolean complete = reply.status() != null || reply.isIntermediate() || PLAIN_REPLIES.contains(command);
		Reply sent = complete ? reply : reply.withStatus(Replies.fallbackStatus(command, reply.code()));
		if (this.trace != null) {
			this.trace.reply(command, sent);
		}
		this.wire.send(sent);
	}

	/** What a 421 says of the end that it brings. */
	private static Ending ending(Reply reply) {
		if (reply == Replies.SHUTTING_DOWN) {
			return Ending.SHUTDOWN;
		}
		boolean errors = reply == Replies.TOO_MANY_ERRORS || reply == Replies.TOO_MANY_UNRECOGNIZED
				|| reply == Replies.TOO_MANY_AUTH_FAILURES;
		return errors ? Ending.ERRORS : Ending.REFUSED;
	}

	/** Closes the connection, after a reply if there is one. */
	void end(String command, @Nullable Reply reply, Ending ending) {
		closeAfterReply(ending);
		if (reply != null) {
			send(command, reply);
		}
		else {
			this.readMode = ReadMode.DISCARD;
			this.wire.close();
		}
	}

	/** The next reply is the last. */
	void closeAfterReply(Ending ending) {
		this.session.closing(ending);
	}

	/** The connection sees how the session ends. */
	public void endsBy(Ending ending) {
		this.session.endsBy(ending);
	}

	/** TLS begins when the next reply is sent. */
	void startTlsAfterReply() {
		this.tlsFollows = true;
	}

	private void startTls() {
		this.tlsFollows = false;
		this.readMode = ReadMode.PAUSED;
		this.wire.startTls((tls) -> {
			this.input.reset();
			this.session.secured(tls);
			if (this.trace != null) {
				this.trace.secured(tls);
			}
			this.readMode = ReadMode.COMMAND;
			closeIfDrained();
			this.wire.resume();
		});
	}

	/**
	 * The message was kept or refused: the next command may come.
	 * @param replies one; under LMTP one for each recipient
	 */
	void messageDone(List<Reply> replies) {
		this.input.done();
		if (this.closed) {
			tellEnded();
			return;
		}
		if (anyNegative(replies)) {
			this.session.countError();
		}
		int last = replies.size() - 1;
		for (int i = 0; i < last; i++) {
			Reply reply = replies.get(i);
			write("queue", reply);
			if (reply.code() == 421) {
				// RFC 2033 section 4.2: the others hear what became of them all the same.
				closeAfterReply(ending(reply));
			}
		}
		this.readMode = ReadMode.COMMAND;
		send("queue", replies.get(last));
		this.wire.resume();
	}

	private static boolean anyNegative(List<Reply> replies) {
		for (Reply reply : replies) {
			if (reply.isNegative()) {
				return true;
			}
		}
		return false;
	}

	/** The beginning of the trace headers, as long as the client stays who it is. */
	TraceHeader.Origin traceOrigin() {
		ClientInfo client = this.session.client();
		boolean lmtp = this.service.rules().protocol() == Protocol.LMTP;
		boolean utf8 = SmtpUtf8Extension.isDeclared(transaction().envelope().parameters());
		String protocol = TraceHeader.protocol(lmtp, utf8, this.session.extended(), this.view.secure(),
				this.session.username() != null);
		TraceHeader.Origin origin = this.traceOrigin;
		if (origin == null || this.tracedClient != client || !protocol.equals(this.tracedProtocol)) {
			origin = TraceHeader.origin(client.helo(), client.hostname(), client.address(),
					this.session.server().hostname(), protocol);
			TlsInfo tls = this.session.connection().tls();
			if (tls != null) {
				origin = origin.encrypted(tls.protocol(), tls.cipher());
			}
			this.traceOrigin = origin;
			this.tracedClient = client;
			this.tracedProtocol = protocol;
		}
		return origin;
	}

	/** AUTH succeeded. */
	void authenticated(User user) {
		String username = user.username();
		this.session.authenticated(username, user.principal().orElse(null));
		SessionListener listener = this.service.listener(SessionListener.Kind.AUTHENTICATED);
		if (listener != null) {
			tell(listener, (one, snapshot) -> one.authenticated(snapshot, username, true));
		}
	}

	/** AUTH failed. */
	void authenticationFailed(String mechanism, String username) {
		this.session.countAuthFailure();
		SessionLog.authenticationFailed(this.session, mechanism, username);
		SessionListener listener = this.service.listener(SessionListener.Kind.AUTHENTICATED);
		if (listener != null) {
			tell(listener, (one, snapshot) -> one.authenticated(snapshot, username, false));
		}
	}

	/** Tells the listener, with the session as it is now. */
	void tell(SessionListener listener, BiConsumer<SessionListener, SmtpSession> event) {
		SmtpSession snapshot = this.view.snapshot();
		events().tell(listener, (one) -> event.accept(one, snapshot));
	}

	/** Nothing came for too long. */
	public void timedOut() {
		abandonRun();
		this.input.abandon();
		closeAfterReply(Ending.TIMEOUT);
		ask(new EventVerb("timeout", Replies.TIMEOUT), "", "");
	}

	/** The server stops: the session ends as soon as it has no transaction. */
	public void drain() {
		this.draining = true;
		closeIfDrained();
	}

	private void closeIfDrained() {
		if (!this.draining) {
			return;
		}
		boolean waits = this.readMode == ReadMode.COMMAND || !this.opening.isOver();
		boolean idle = waits && this.run == null && this.session.transaction() == null
				&& this.session.stage() != Stage.CLOSING;
		if (idle) {
			send("quit", Replies.SHUTTING_DOWN);
		}
	}

	/**
	 * The server stops now: whatever runs is given up, but for a message that is just
	 * being kept.
	 */
	public void abort() {
		this.draining = true;
		abandonRun();
		if (this.input.abandon()) {
			boolean closing = this.session.stage() == Stage.CLOSING;
			send("quit", closing ? Replies.TIMEOUT : Replies.SHUTTING_DOWN);
		}
	}

	/** The connection is closed, by whomever. */
	public void disconnected() {
		this.closed = true;
		this.readMode = ReadMode.DISCARD;
		abandonRun();
		if (this.input.abandon()) {
			tellEnded();
		}
	}

	/** The last log line of a session, and the last event of one that has begun. */
	private void tellEnded() {
		Duration duration = Duration.ofNanos(System.nanoTime() - this.started);
		if (this.trace != null) {
			this.trace.closed();
		}
		SessionLog.ended(this.session, duration);
		SessionListener listener = this.service.listener(SessionListener.Kind.ENDED);
		if (listener != null && this.opening.isOver()) {
			SmtpSession snapshot = this.view.snapshot();
			events().tellAnyway(listener, (one) -> one.ended(snapshot, duration));
		}
	}

	/** The handler is given up first, so that it cannot answer to the line's end. */
	private void abandonRun() {
		CompletableFuture<String> line = this.awaitedLine;
		this.awaitedLine = null;
		if (this.cancelDelayed != null) {
			this.cancelDelayed.run();
			this.cancelDelayed = null;
		}
		if (this.run != null) {
			this.run.cancel();
			this.run = null;
			this.asking = null;
		}
		if (line != null) {
			line.cancel(false);
		}
		if (this.watch != null) {
			this.watch.cancel();
		}
	}

	private void cancelAwaitedInput() {
		CompletableFuture<String> line = this.awaitedLine;
		this.awaitedLine = null;
		if (this.watch != null) {
			this.watch.cancel();
		}
		if (line != null) {
			line.cancel(false);
		}
	}

	@Override
	public void write(String line) {
		if (!this.closed) {
			if (this.trace != null) {
				this.trace.line(line);
			}
			this.wire.sendLine(line);
		}
	}

	@Override
	public CompletionStage<String> read() {
		CompletableFuture<String> line = new CompletableFuture<>();
		CompletableFuture<String> before = this.awaitedLine;
		if (this.closed) {
			line.cancel(false);
			return line;
		}
		if (this.input.hasChunkAhead()) {
			line.completeExceptionally(
					new IllegalStateException("At BDAT there is no dialogue: what the client sends is content"));
			return line;
		}
		this.awaitedLine = line;
		if (before != null) {
			before.cancel(false);
		}
		line.whenComplete((text, failure) -> giveUp(line));
		this.readMode = ReadMode.LINE;
		this.wire.resume();
		return line;
	}

	@Override
	public CompletionStage<Boolean> inputWithin(Duration time) {
		if (this.watch == null) {
			this.watch = new InputWatch(this);
		}
		return this.watch.within(time);
	}

	/** There is something to read, which stays where it is. */
	public void inputArrived() {
		if (this.watch != null) {
			this.watch.arrived();
		}
	}

	/** A line that was cancelled and not taken is left to whoever reads next. */
	private void giveUp(CompletableFuture<String> line) {
		if (this.awaitedLine == line) {
			this.awaitedLine = null;
			this.readMode = ReadMode.PAUSED;
		}
	}

	/** The session as handlers see it. */
	public LiveSession view() {
		return this.view;
	}

	SmtpService service() {
		return this.service;
	}

	@Nullable ProtocolTrace trace() {
		return this.trace;
	}

	SessionState session() {
		return this.session;
	}

	Wire wire() {
		return this.wire;
	}

	Transaction transaction() {
		return Objects.requireNonNull(this.session.transaction(), "no transaction");
	}

	boolean isClosed() {
		return this.closed;
	}

	SessionEvents events() {
		if (this.events == null) {
			this.events = new SessionEvents(this.service, this.session);
		}
		return this.events;
	}

}
