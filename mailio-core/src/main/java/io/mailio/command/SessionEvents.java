/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.mailio.handler.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener what happens in one session: on the handler executor, one event
 * after the other. Used on the session's loop.
 */
final class SessionEvents {

	private static final Logger logger = LoggerFactory.getLogger(SessionEvents.class);

	private final SmtpService service;

	private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

	SessionEvents(SmtpService service) {
		this.service = service;
	}

	/**
	 * Tells an event after all earlier ones.
	 * @return completes when the listener has returned, exceptionally if it could not be
	 * told
	 */
	CompletionStage<Void> tell(SessionListener listener, Consumer<SessionListener> event) {
		try {
			this.last = this.last.handleAsync((done, failure) -> {
				call(listener, event);
				return null;
			}, this.service.executor());
			return this.last;
		}
		catch (RejectedExecutionException ex) {
			logger.warn("A session event was dropped: the handler executor takes no more work");
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static void call(SessionListener listener, Consumer<SessionListener> event) {
		try {
			event.accept(listener);
		}
		catch (RuntimeException | Error ex) {
			logger.error("A session listener failed", ex);
		}
	}

}
