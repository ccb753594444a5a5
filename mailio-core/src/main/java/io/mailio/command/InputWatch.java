/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.session.ReadMode;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client sends something while a handler is asked, and leaves it unread.
 * Used on the session's loop.
 */
final class InputWatch {

	private final Conversation conversation;

	private @Nullable CompletableFuture<Boolean> watching;

	InputWatch(Conversation conversation) {
		this.conversation = conversation;
	}

	/** Whether the client sends something within a time. */
	CompletionStage<Boolean> within(Duration time) {
		CompletableFuture<Boolean> heard = new CompletableFuture<>();
		if (this.conversation.isClosed()) {
			heard.cancel(false);
		}
		else if (this.conversation.readMode() != ReadMode.PAUSED) {
			heard.completeExceptionally(
					new IllegalStateException("The client is listened to already, or about to send a line"));
		}
		else if (this.conversation.wire().hasInput()) {
			heard.complete(true);
		}
		else {
			watch(heard, time);
		}
		return heard;
	}

	private void watch(CompletableFuture<Boolean> heard, Duration time) {
		this.watching = heard;
		this.conversation.read(ReadMode.PEEK);
		Runnable over = this.conversation.wire().schedule(() -> heard.complete(false), time);
		heard.whenComplete((talks, failure) -> {
			over.run();
			this.watching = null;
			if (this.conversation.readMode() == ReadMode.PEEK) {
				this.conversation.read(ReadMode.PAUSED);
			}
		});
	}

	/** There is something to read. */
	void arrived() {
		if (this.watching != null) {
			this.watching.complete(true);
		}
	}

	/** Nobody wants to know any more. */
	void cancel() {
		if (this.watching != null) {
			this.watching.cancel(false);
		}
	}

}
