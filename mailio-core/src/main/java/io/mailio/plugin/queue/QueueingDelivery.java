/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.queue.QueueFullException;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Replies;
import org.jspecify.annotations.Nullable;

/**
 * A delivery whose commit puts a message into the queue: it is kept when that says so,
 * and taken out again if another delivery fails. From its commit on it may be on its way,
 * so it is committed after all others. A full queue is 452 4.3.1. Used by one thread at a
 * time.
 */
public abstract class QueueingDelivery implements Delivery {

	/** Written by the thread of the queue. */
	private volatile @Nullable QueueId id;

	/**
	 * Begins to queue the message.
	 * @return completes when it is durable, with its name in the queue, or with
	 * {@code null} if there is nothing to be queued; fails as
	 * {@link io.mailio.queue.MessageQueue#enqueue} does
	 * @throws IOException if the message cannot be read or written
	 */
	protected abstract CompletionStage<@Nullable QueueId> enqueue() throws IOException;

	/** Takes the message out of the queue again; nobody is told. */
	protected abstract void delete(QueueId id);

	/** The name of the message in the queue, as long as it is there. */
	protected final @Nullable QueueId id() {
		return this.id;
	}

	@Override
	public final boolean isFinal() {
		return true;
	}

	@Override
	public final void commit() throws IOException {
		try {
			commitAsync().toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof SmtpReplyException refusal) {
				throw refusal;
			}
			throw new IOException(ex.getCause());
		}
	}

	@Override
	public final CompletionStage<Void> commitAsync() {
		try {
			return enqueue().handle(this::queued);
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private Void queued(@Nullable QueueId id, @Nullable Throwable failure) {
		this.id = id;
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		if (cause instanceof QueueFullException) {
			throw new SmtpReplyException(Replies.INSUFFICIENT_STORAGE);
		}
		if (cause != null) {
			throw new CompletionException(new IOException("The message could not be queued", cause));
		}
		return null;
	}

	@Override
	public final void rollback() {
		QueueId queued = this.id;
		if (queued != null) {
			this.id = null;
			delete(queued);
		}
	}

}
