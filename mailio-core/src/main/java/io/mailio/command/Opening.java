/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.mailio.handler.SessionListener;
import io.mailio.session.Stage;
import io.mailio.smtp.Replies;

/**
 * What happens before the client may speak: its name is looked up, then listeners hear of
 * it, and it is greeted.
 */
final class Opening {

	/** A resolver keeps its own, shorter time limit; this holds even if it does not. */
	private static final Duration LOOKUP_PATIENCE = Duration.ofSeconds(10);

	private final Conversation conversation;

	private boolean resolved;

	private boolean over;

	Opening(Conversation conversation) {
		this.conversation = conversation;
	}

	void start() {
		CompletableFuture<Optional<String>> lookup = this.conversation.service()
			.reverseLookup()
			.hostname(this.conversation.session().client().address())
			.toCompletableFuture();
		if (lookup.isDone()) {
			resolved(lookup.getNow(Optional.empty()));
		}
		else {
			Runnable inTime = this.conversation.wire().schedule(() -> resolved(Optional.empty()), LOOKUP_PATIENCE);
			lookup.whenComplete((name, failure) -> this.conversation.wire().execute(() -> {
				inTime.run();
				resolved((name != null) ? name : Optional.empty());
			}));
		}
	}

	private void resolved(Optional<String> hostname) {
		if (!this.conversation.isClosed() && !this.resolved) {
			this.resolved = true;
			hostname.ifPresent(this.conversation.session()::resolved);
			ProtocolTrace trace = this.conversation.trace();
			if (trace != null) {
				trace.connected();
			}
			begin();
		}
	}

	private void begin() {
		if (this.conversation.session().stage() != Stage.CONNECTED) {
			return;
		}
		this.over = true;
		SessionListener listener = this.conversation.service().listener(SessionListener.Kind.STARTED);
		if (listener == null) {
			greet();
		}
		else {
			tell(listener);
		}
	}

	/** Listeners may still say what the session's own handlers are. */
	private void tell(SessionListener listener) {
		Runnable giveUp = this.conversation.wire()
			.schedule(this::unavailable, this.conversation.service().limits().handlerTimeout());
		this.conversation.events()
			.tell(listener, (one) -> one.started(this.conversation.view()))
			.whenComplete((done, failure) -> this.conversation.wire().execute(() -> {
				giveUp.run();
				if (failure == null) {
					greet();
				}
				else {
					unavailable();
				}
			}));
	}

	private void greet() {
		if (!this.conversation.isClosed() && this.conversation.session().stage() == Stage.CONNECTED) {
			// The time of the client begins now.
			this.conversation.wire().resume();
			this.conversation.ask(this.conversation.service().greeting(), "", "");
		}
	}

	private void unavailable() {
		this.conversation.send("connect", Replies.LOCAL_UNAVAILABLE);
	}

	/** Whether the session has begun, so that listeners have heard of it. */
	boolean isOver() {
		return this.over;
	}

}
