/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.smtp.Mailbox;

/**
 * A place that has prepared to keep a message: written and forced to disk, but not yet
 * visible. It is either committed or rolled back, on the handler executor, where that may
 * block; {@link #rollback()} also follows a commit that has failed, or that must be
 * undone because another delivery of the same message failed.
 */
public interface Delivery {

	/** The recipients that are served by this delivery. */
	Collection<Mailbox> recipients();

	/**
	 * Recipients that a handler has refused after this was staged: they must not get the
	 * message. Called at most once, before {@link #commit()} and on the same thread. What
	 * ignores it may deliver to somebody of whom the sender is told otherwise.
	 * @param refused recipients, served by this delivery or not
	 */
	default void exclude(Set<Mailbox> refused) {
	}

	/**
	 * Makes the message visible and durable. When it returns, the message survives a
	 * crash of the process and of the machine.
	 * @throws IOException if that failed; the message is then refused with 451
	 * @throws SmtpReplyException to refuse it with another reply
	 */
	void commit() throws IOException;

	/**
	 * The same without waiting for it, which the engine prefers: where the message
	 * becomes durable on another thread, none of the handler executor's is held
	 * meanwhile. Unless overridden, this calls {@link #commit()}.
	 * @return completes, on any thread, when the message survives a crash; fails as
	 * {@link #commit()} does. What the engine does next does not block
	 */
	default CompletionStage<Void> commitAsync() {
		try {
			commit();
			return CompletableFuture.completedFuture(null);
		}
		catch (IOException | RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Whether beginning to commit, and rolling back what was not committed, may block;
	 * {@code false} lets the engine do it on the event loop.
	 */
	default boolean isBlocking() {
		return true;
	}

	/**
	 * Whether a commit can hardly be undone, because somebody else goes on with the
	 * message at once: then it is committed after those of which this is {@code false}.
	 */
	default boolean isFinal() {
		return false;
	}

	/** Removes what was prepared or committed; must not throw. */
	void rollback();

}
