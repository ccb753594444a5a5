/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.mailio.session.LogIds;
import io.mailio.session.SessionState;
import io.mailio.session.Transaction;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One walk through a chain, for one command of one session. Whatever the handlers do, the
 * outcome is told exactly once, on the session's loop: at once if all handlers run
 * inline.
 *
 * <p>
 * A handler that throws, returns nothing, answers twice or misses its deadline has
 * failed: the outcome is a rejection with 451 (connect: 421, auth: 454), and a log line
 * names the command, the handler and where it is defined. The client never sees the text
 * of an exception.
 */
public final class ChainRun {

	private static final Logger logger = LoggerFactory.getLogger(ChainRun.class);

	/**
	 * What all runs of one session share.
	 *
	 * @param view the session as handlers see it
	 * @param loop the thread of the session
	 * @param dialogue lines to and from the client
	 * @param executor where blocking handlers run
	 */
	public record Host(LiveSession view, SessionLoop loop, Dialogue dialogue, Executor executor) {
	}

	private static final VarHandle DELIVERIES = Fields.of(MethodHandles.lookup(), "deliveries", List.class);

	/** A list that is no other. */
	private static final List<Delivery> TAKEN = Collections.unmodifiableList(new ArrayList<>());

	private final Host host;

	private final HandlerChain chain;

	private final List<HandlerRegistration> handlers;

	private final SmtpCommand command;

	private final Subject subject;

	private final Duration timeout;

	private final Consumer<ChainOutcome> outcome;

	/** Only at the end of data there is something to stage or to refuse one by one. */
	private final boolean queue;

	/**
	 * What is staged; {@code null} for nothing, which costs no fence to write, and
	 * {@link #TAKEN} when it is too late to stage more. Changed by {@link #DELIVERIES}.
	 */
	private volatile @Nullable List<Delivery> deliveries;

	/**
	 * Recipients that were refused one by one, in that order; {@code null} for none,
	 * which costs no fence to write.
	 */
	private volatile @Nullable Map<Mailbox, Reply> refused;

	private int next;

	private @Nullable HandlerCall current;

	private @Nullable Runnable cancelDeadline;

	private @Nullable Runnable cancelHandler;

	private @Nullable Reply reply;

	private boolean taken;

	private boolean over;

	/**
	 * Prepares a run.
	 * @param host what the session's runs share
	 * @param chain the handlers
	 * @param command the command to decide about
	 * @param subject what the command is about
	 * @param timeout the deadline of a handler that has none of its own
	 * @param outcome is told the outcome, once, on the loop
	 */
	public ChainRun(Host host, HandlerChain chain, SmtpCommand command, Subject subject, Duration timeout,
			Consumer<ChainOutcome> outcome) {
		this.host = host;
		this.chain = chain;
		this.handlers = chain.handlers();
		this.command = command;
		this.queue = command.name().equals("queue");
		this.subject = subject;
		this.timeout = timeout;
		this.outcome = outcome;
	}

	/** Asks the handlers, one after the other. Called on the loop. */
	public void start() {
		while (!this.over && this.next < this.handlers.size()) {
			HandlerRegistration handler = this.handlers.get(this.next++);
			if (!concerns(handler)) {
				continue;
			}
			HandlerCall call = new HandlerCall(this, handler);
			this.current = call;
			switch (handler.execution()) {
				case INLINE -> runInline(handler, call);
				case BLOCKING -> runBlocking(handler, call);
				case REACTIVE -> subscribe(handler, call);
			}
			if (this.current == call) {
				awaitDeadline(handler, call);
				return;
			}
		}
		if (!this.over) {
			finish(Decision.Kind.ACCEPT, "");
		}
	}

	/** A handler that cannot even tell that has failed, and the run is over. */
	private boolean concerns(HandlerRegistration handler) {
		try {
			return handler.concerns(this.host.view());
		}
		catch (Throwable ex) {
			HandlerCall call = new HandlerCall(this, handler);
			this.current = call;
			settle(call, null, ex);
			return false;
		}
	}

	/**
	 * The client is gone, or the server stops: the running handler is interrupted, what
	 * was staged is rolled back and no outcome is told. Called on the loop; does nothing
	 * after the outcome.
	 */
	public void cancel() {
		if (!this.over) {
			this.over = true;
			interruptHandler();
			rollback(takeDeliveries());
		}
	}

	private void runInline(HandlerRegistration handler, HandlerCall call) {
		// Ours log nothing of their own.
		LogIds before = handler.builtIn() ? null : LogIds.of(state()).enter();
		Decision decision;
		try {
			decision = handler.commandHandler().handle(call, call);
		}
		catch (Throwable ex) {
			leave(before);
			settle(call, null, ex);
			return;
		}
		leave(before);
		// Outside of the try: what the engine throws is no failure of the handler.
		settle(call, decision, null);
	}

	private static void leave(@Nullable LogIds before) {
		if (before != null) {
			before.leave();
		}
	}

	private void runBlocking(HandlerRegistration handler, HandlerCall call) {
		LogIds ids = LogIds.of(state());
		FutureTask<@Nullable Void> task = new FutureTask<>(() -> {
			Decision decision = null;
			Throwable failure = null;
			LogIds before = ids.enter();
			try {
				decision = handler.commandHandler().handle(call, call);
			}
			catch (Throwable ex) {
				failure = ex;
			}
			finally {
				before.leave();
			}
			settleOnLoop(call, decision, failure);
		}, null);
		this.cancelHandler = () -> task.cancel(true);
		try {
			this.host.executor().execute(task);
		}
		catch (RuntimeException | Error ex) {
			settle(call, null, ex);
		}
	}

	private void subscribe(HandlerRegistration handler, HandlerCall call) {
		DecisionSubscriber subscriber = new DecisionSubscriber(
				(decision, failure) -> settleOnLoop(call, decision, failure));
		this.cancelHandler = subscriber::cancel;
		LogIds before = LogIds.of(state()).enter();
		try {
			Mono<Decision> decision = handler.reactiveHandler().handle(call, call);
			Objects.requireNonNull(decision, "null instead of a Mono").subscribe(subscriber);
		}
		catch (Throwable ex) {
			before.leave();
			settle(call, null, ex);
			return;
		}
		before.leave();
		if (subscriber.hasEnded()) {
			settle(call, subscriber.decision(), subscriber.failure());
		}
	}

	private void settleOnLoop(HandlerCall call, @Nullable Decision decision, @Nullable Throwable failure) {
		try {
			this.host.loop().execute(() -> settleAndGoOn(call, decision, failure));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The server has stopped before {} answered", call.registration());
		}
	}

	private void settleAndGoOn(HandlerCall call, @Nullable Decision decision, @Nullable Throwable failure) {
		boolean waiting = this.cancelDeadline != null;
		settle(call, decision, failure);
		if (waiting && !this.over && this.current == null) {
			start();
		}
	}

	private void awaitDeadline(HandlerRegistration handler, HandlerCall call) {
		Duration own = handler.timeout();
		Duration deadline = (own != null) ? own : this.timeout;
		this.cancelDeadline = this.host.loop().schedule(() -> {
			if (this.current == call) {
				interruptHandler();
				fail(call, "did not answer within " + inWords(deadline), null);
			}
		}, deadline);
	}

	/**
	 * A handler has come to its end: its decision counts, unless the run is already over.
	 */
	private void settle(HandlerCall call, @Nullable Decision returned, @Nullable Throwable failure) {
		if (this.current != call) {
			logLate(call, failure);
			return;
		}
		Decision decision = returned;
		if (failure instanceof SmtpReplyException rejection) {
			decision = Decision.reject(rejection.reply());
		}
		else if (failure != null) {
			fail(call, "failed", failure);
			return;
		}
		if (decision == null) {
			fail(call, "gave no decision (a decision is what accept, reject or end returns)", null);
			return;
		}
		Decision recorded = call.recorded();
		if (recorded != null && !recorded.equals(decision) && failure == null) {
			fail(call, "answered twice: it recorded " + recorded.kind() + " and returned another decision", null);
			return;
		}
		decide(call, decision);
	}

	private void decide(HandlerCall call, Decision decision) {
		Reply given = decision.reply();
		if (decision.kind() == Decision.Kind.ACCEPT && given != null
				&& !HandlerNames.canAccept(this.command.name(), given)) {
			fail(call, "accepted with " + given.code() + ", which this command cannot answer", null);
			return;
		}
		release(call);
		if (given != null) {
			this.reply = given;
		}
		if (decision.kind() == Decision.Kind.ACCEPT) {
			this.taken |= !call.registration().builtIn();
			excludeRefused(call);
		}
		else {
			this.reply = given;
			finish(decision.kind(), call.registration().name());
		}
	}

	/**
	 * Later handlers see the recipients that are left; without any there is no message.
	 */
	private void excludeRefused(HandlerCall call) {
		Map<Mailbox, Reply> soFar = refused();
		Transaction transaction = state().transaction();
		if (soFar.isEmpty() || transaction == null) {
			return;
		}
		Transaction left = transaction.without(soFar.keySet());
		state().recipients(left);
		if (left.envelope().recipients().isEmpty()) {
			this.reply = soFar.values().iterator().next();
			finish(Decision.Kind.REJECT, call.registration().name());
		}
	}

	private void fail(HandlerCall call, String what, @Nullable Throwable failure) {
		release(call);
		logger.error("Handler {} {} in session {}; the client got a temporary failure", call.registration(), what,
				state().id(), printable(failure));
		this.reply = failureReply();
		finish(Decision.Kind.REJECT, call.registration().name());
	}

	/** What handlers throw may hold what the client has said. */
	private static @Nullable Throwable printable(@Nullable Throwable failure) {
		return (failure != null) ? Printable.of(failure) : null;
	}

	private static String inWords(Duration time) {
		long millis = time.toMillis();
		return (millis % 1000 == 0) ? millis / 1000 + "s" : millis + "ms";
	}

	private Reply failureReply() {
		return switch (this.command.name()) {
			case "connect" -> Replies.LOCAL_UNAVAILABLE;
			case "auth" -> Replies.AUTH_TEMPORARY;
			default -> Replies.LOCAL_ERROR;
		};
	}

	private void finish(Decision.Kind kind, String decidedBy) {
		this.over = true;
		List<Delivery> prepared = takeDeliveries();
		if (kind != Decision.Kind.ACCEPT) {
			rollback(prepared);
			prepared = List.of();
		}
		this.outcome.accept(new ChainOutcome(kind, this.reply, decidedBy, this.taken, prepared, refused()));
	}

	private void release(HandlerCall call) {
		call.close();
		this.current = null;
		this.cancelHandler = null;
		if (this.cancelDeadline != null) {
			this.cancelDeadline.run();
			this.cancelDeadline = null;
		}
	}

	private void interruptHandler() {
		HandlerCall call = this.current;
		Runnable cancel = this.cancelHandler;
		if (call == null) {
			return;
		}
		release(call);
		if (cancel != null) {
			try {
				cancel.run();
			}
			catch (RuntimeException | Error ex) {
				// Cancelling runs code of the handler's; the outcome does not wait for
				// it.
				logger.warn("Handler {} failed when it was cancelled", call.registration(), printable(ex));
			}
		}
	}

	private void logLate(HandlerCall call, @Nullable Throwable failure) {
		if (failure == null) {
			logger.debug("Handler {} ended after its answer was no longer awaited", call.registration());
		}
		else if (!(failure instanceof InterruptedException || failure instanceof CancellationException)) {
			logger.debug("Handler {} failed after its answer was no longer awaited", call.registration(),
					printable(failure));
		}
	}

	/** Called once, at the end. */
	private List<Delivery> takeDeliveries() {
		Object prepared = this.queue ? DELIVERIES.getAndSet(this, TAKEN) : null;
		return (prepared != null) ? deliveries(prepared) : List.of();
	}

	@SuppressWarnings("unchecked")
	private static List<Delivery> deliveries(Object field) {
		return (List<Delivery>) field;
	}

	private void rollback(List<Delivery> prepared) {
		if (prepared.isEmpty()) {
			return;
		}
		Runnable rollback = () -> prepared.forEach(ChainRun::rollback);
		try {
			this.host.executor().execute(rollback);
		}
		catch (RuntimeException | Error ex) {
			// Rather block the loop for a moment than leave half a message behind.
			rollback.run();
		}
	}

	private static void rollback(Delivery delivery) {
		try {
			delivery.rollback();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A delivery could not be rolled back", printable(ex));
		}
	}

	/** Takes a delivery, or rolls it back and throws; from any thread. */
	void stage(HandlerCall call, Delivery delivery) {
		if (this.queue && add(call, delivery)) {
			return;
		}
		rollback(delivery);
		throw new IllegalStateException(this.queue
				? "Too late to stage a delivery: " + call.registration() + " has ended or missed its deadline"
				: "A delivery can be staged by queue handlers only, not by " + call.registration());
	}

	private boolean add(HandlerCall call, Delivery delivery) {
		List<Delivery> before;
		do {
			before = this.deliveries;
			if (before == TAKEN || call.isClosed()) {
				return false;
			}
		}
		while (!DELIVERIES.compareAndSet(this, before, longer(before, delivery)));
		return true;
	}

	private static List<Delivery> longer(@Nullable List<Delivery> before, Delivery delivery) {
		if (before == null) {
			return List.of(delivery);
		}
		List<Delivery> more = new ArrayList<>(before);
		more.add(delivery);
		return List.copyOf(more);
	}

	/** Refuses a recipient; from any thread. */
	synchronized void refuse(HandlerCall call, Mailbox recipient, Reply reply) {
		if (!this.queue) {
			throw new IllegalStateException(
					"A single recipient can be refused by queue handlers only, not by " + call.registration());
		}
		Transaction transaction = state().transaction();
		if (transaction == null || !transaction.envelope().to().contains(recipient)) {
			throw new IllegalArgumentException("<" + recipient + "> is not among the recipients of the message");
		}
		Map<Mailbox, Reply> more = new LinkedHashMap<>(refused());
		more.putIfAbsent(recipient, reply);
		this.refused = Collections.unmodifiableMap(more);
	}

	private Map<Mailbox, Reply> refused() {
		Map<Mailbox, Reply> some = this.refused;
		return (some != null) ? some : Map.of();
	}

	Host host() {
		return this.host;
	}

	/** The handlers that are asked. */
	public HandlerChain chain() {
		return this.chain;
	}

	/** The command that they are asked about. */
	public SmtpCommand command() {
		return this.command;
	}

	Subject subject() {
		return this.subject;
	}

	SessionState state() {
		return this.host.view().state();
	}

}
