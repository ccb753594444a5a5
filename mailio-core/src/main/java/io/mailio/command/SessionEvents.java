/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.mailio.handler.SessionListener;
import io.mailio.session.LogIds;
import io.mailio.session.SessionState;
import io.mailio.smtp.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener what happens in one session: on the handler executor, one event
 * after the other. Used on the session's loop.
 */
final class SessionEvents {

	private static final Logger logger = LoggerFactory.getLogger(SessionEvents.class);

	/** How many events of one session may wait for a slow listener. */
	private static final int MAX_WAITING = 100;

	private final SmtpService service;

	private final SessionState session;

	private final AtomicInteger waiting = new AtomicInteger();

	private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

	private final AtomicBoolean warned = new AtomicBoolean();

	SessionEvents(SmtpService service, SessionState session) {
		this.service = service;
		this.session = session;
	}

	/**
	 * Tells an event after all earlier ones, unless too many are waiting already.
	 * @return completes when the listener has returned, exceptionally if it could not be
	 * told
	 */
	CompletionStage<Void> tell(SessionListener listener, Consumer<SessionListener> event) {
		if (this.waiting.get() >= MAX_WAITING) {
			warn("the listener is too slow");
			return CompletableFuture.failedFuture(new RejectedExecutionException());
		}
		return tellAnyway(listener, event);
	}

	/** Tells the last event, however many are waiting: somebody may tidy up then. */
	CompletionStage<Void> tellAnyway(SessionListener listener, Consumer<SessionListener> event) {
		this.waiting.incrementAndGet();
		LogIds ids = LogIds.of(this.session);
		CompletableFuture<Void> told = this.last.handleAsync((done, failure) -> {
			ids.during(() -> call(listener, event));
			return null;
		}, this.service.executor());
		// An executor that refuses does not throw here: its exception ends the future.
		this.last = told.whenComplete((done, failure) -> {
			this.waiting.decrementAndGet();
			if (failure != null) {
				warn("the handler executor takes no more work");
			}
		});
		return this.last;
	}

	private void warn(String why) {
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("Events of a session are dropped: {} (session {})", why, this.session.id());
		}
	}

	private static void call(SessionListener listener, Consumer<SessionListener> event) {
		try {
			event.accept(listener);
		}
		catch (RuntimeException | Error ex) {
			logger.error("A session listener failed", Printable.of(ex));
		}
	}

}
