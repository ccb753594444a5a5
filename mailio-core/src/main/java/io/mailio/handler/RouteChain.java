/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Asks the handlers of {@code route} one after the other until one decides. Whatever they
 * do, there is a decision in time: what fails or is late lets the recipient wait. Safe
 * for use by several threads.
 */
public final class RouteChain {

	private static final Logger logger = LoggerFactory.getLogger(RouteChain.class);

	private static final RouteDecision FAILED = RouteDecision
		.reject(new Reply(451, new EnhancedStatusCode(3, 5), "Where the message is to go could not be decided"));

	/**
	 * The decision about whom a handler was too slow for. Whoever is asked next about the
	 * same message would probably wait as long.
	 */
	public static final RouteDecision LATE = RouteDecision
		.reject(new Reply(451, new EnhancedStatusCode(3, 5), "Where the message is to go was not decided in time"));

	private final HandlerChain chain;

	private final Executor executor;

	private final Duration timeout;

	/**
	 * Handlers in their order.
	 * @param chain the handlers of {@code route}
	 * @param executor where they may block
	 * @param timeout how long each may take that does not say so itself
	 */
	public RouteChain(HandlerChain chain, Executor executor, Duration timeout) {
		this.chain = chain;
		this.executor = executor;
		this.timeout = timeout;
	}

	/**
	 * Asks.
	 * @param subject what about
	 * @return the decision, {@link RouteDecision#pass} if nobody has one. Never completes
	 * exceptionally. On any thread: what follows it must not block
	 */
	public CompletionStage<RouteDecision> ask(RouteSubject subject) {
		CompletableFuture<RouteDecision> decision = new CompletableFuture<>();
		ask(subject, 0, decision);
		return decision;
	}

	private void ask(RouteSubject subject, int index, CompletableFuture<RouteDecision> decision) {
		List<HandlerRegistration> handlers = this.chain.handlers();
		if (index == handlers.size()) {
			decision.complete(RouteDecision.pass());
			return;
		}
		HandlerRegistration handler = handlers.get(index);
		call(handler, new Call(subject, handler)).whenComplete((given, failure) -> {
			RouteDecision settled = settled(handler, subject, given, failure);
			if (settled == RouteDecision.pass()) {
				ask(subject, index + 1, decision);
			}
			else {
				decision.complete(settled);
			}
		});
	}

	private CompletableFuture<@Nullable RouteDecision> call(HandlerRegistration handler, RouteRequest req) {
		try {
			return switch (handler.execution()) {
				case INLINE -> CompletableFuture.completedFuture(handler.routeHandler().route(req));
				case BLOCKING -> inTime(handler, Mono.fromFuture(block(handler.routeHandler(), req)));
				case REACTIVE -> inTime(handler, handler.reactiveRouteHandler().route(req));
			};
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * On Reactor's timer, not on that of {@link CompletableFuture}, which has one thread
	 * for the whole JVM: what is cancelled, and what follows, may be the application's.
	 */
	private CompletableFuture<@Nullable RouteDecision> inTime(HandlerRegistration handler,
			Mono<RouteDecision> decision) {
		Duration own = handler.timeout();
		return decision.timeout((own != null) ? own : this.timeout).toFuture();
	}

	private CompletableFuture<@Nullable RouteDecision> block(RouteHandler handler, RouteRequest req) {
		CompletableFuture<@Nullable RouteDecision> result = new CompletableFuture<>();
		FutureTask<@Nullable Void> task = new FutureTask<>(() -> {
			try {
				result.complete(handler.route(req));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		}, null);
		// Whoever is late is interrupted; this does nothing to whoever has ended.
		result.whenComplete((decision, failure) -> {
			if (result.isCancelled()) {
				task.cancel(true);
			}
		});
		this.executor.execute(task);
		return result;
	}

	private static RouteDecision settled(HandlerRegistration handler, RouteSubject subject,
			@Nullable RouteDecision given, @Nullable Throwable thrown) {
		Throwable failure = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		if (failure instanceof SmtpReplyException shortcut && shortcut.reply().isNegative()) {
			return RouteDecision.reject(shortcut.reply());
		}
		if (failure == null && given != null) {
			return given;
		}
		boolean late = failure instanceof TimeoutException;
		String what = (failure == null) ? "gave no decision" : late ? "did not decide in time" : "failed";
		logger.error("Handler {} {} about message {} to <{}>, which waits for the next attempt", handler, what,
				subject.queueId(), Printable.of(subject.to().toString()),
				(failure == null || late) ? null : Printable.of(failure));
		return late ? LATE : FAILED;
	}

	/** The request of one handler. */
	private record Call(RouteSubject subject, HandlerRegistration handler) implements RouteRequest {

		@Override
		public String queueId() {
			return this.subject.queueId();
		}

		@Override
		public ReversePath from() {
			return this.subject.from();
		}

		@Override
		public Mailbox to() {
			return this.subject.to();
		}

		@Override
		public Parameters parameters() {
			return this.subject.parameters();
		}

		@Override
		public Instant queued() {
			return this.subject.queued();
		}

		@Override
		public int attempts() {
			return this.subject.attempts();
		}

		@Override
		public boolean local() {
			return this.subject.local();
		}

		@Override
		public ReceivedMessage message() {
			return this.subject.message().get();
		}

		@Override
		public Map<String, String> config() {
			return this.handler.config();
		}

		@Override
		public Logger log() {
			return LoggerFactory.getLogger("io.mailio.handler.route." + this.handler.name());
		}

	}

}
