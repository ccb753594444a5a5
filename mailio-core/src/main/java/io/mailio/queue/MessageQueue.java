/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Keeps messages from the instant they are accepted until each recipient is delivered or
 * bounced. What was reported as done survives a crash of the process and of the machine;
 * a message may be claimed again after a crash though it was delivered, but none is lost.
 *
 * <p>
 * All methods may be called from any thread, and may block for as long as the disk or the
 * database takes, so not from an event loop, but for {@link #takesAtOnce}. Stages
 * complete on threads of the queue: do nothing there that blocks. A failure is an
 * {@link IOException}, in a stage where there is one.
 */
public interface MessageQueue extends AutoCloseable {

	/**
	 * Keeps a message. Its content is read before this returns.
	 * @param message the message
	 * @return completes with its name when it is durable; fails with
	 * {@link QueueFullException} if there is no room
	 */
	CompletionStage<QueueId> enqueue(NewMessage message);

	/**
	 * Whether {@link #enqueue} would not block at present, so that it may be called from
	 * an event loop, for content that is in memory.
	 * @param size the octets of the content
	 */
	default boolean takesAtOnce(long size) {
		return false;
	}

	/**
	 * The destinations that have something to be claimed by now, and were not told since
	 * {@link #claim} has last found nothing for them. Whoever is told of a destination
	 * claims until there is nothing more.
	 */
	List<String> ready();

	/**
	 * How long {@link #ready} will have nothing new, unless messages come; empty if for
	 * ever.
	 */
	Optional<Duration> nextReady();

	/**
	 * Sets what is called when {@link #ready} may have something new earlier than
	 * {@link #nextReady} has said. It must return soon and must not throw.
	 */
	void onReady(Runnable listener);

	/**
	 * Takes what has waited longest for a destination.
	 * @param destination the destination
	 * @return the claim, empty if nothing is to be claimed now
	 * @throws IOException if the message cannot be read; it is not claimed then, and held
	 */
	Optional<Claim> claim(String destination) throws IOException;

	/**
	 * Says what has become of a claim.
	 * @param claim the claim
	 * @param outcomes one for each recipient of the claim
	 * @param retryAt when the deferred ones are tried again; {@code null} if none is
	 * deferred
	 * @return completes when that is durable; fails if it is not, but then it holds all
	 * the same, and is written as soon as that is possible
	 */
	CompletionStage<Void> settle(Claim claim, List<Outcome> outcomes, @Nullable Instant retryAt);

	/** Gives a claim back as if it had never been: nothing was tried. */
	void giveBack(Claim claim);

	/**
	 * The same, for later. Unless overridden, it stays claimed until then, which takes
	 * memory.
	 * @param notBefore when it may be claimed again. A queue that is opened anew need not
	 * remember that
	 */
	default void giveBack(Claim claim, Instant notBefore) {
		long delay = Duration.between(Instant.now(), notBefore).toMillis();
		CompletableFuture.delayedExecutor(Math.max(0, delay), TimeUnit.MILLISECONDS).execute(() -> giveBack(claim));
	}

	/** Keeps a message from being claimed; false if it is not there. */
	boolean hold(QueueId id);

	/** Lets a held message be claimed again; false if it is not there. */
	boolean release(QueueId id);

	/** Lets all recipients of a message be claimed now; false if it is not there. */
	boolean retryNow(QueueId id);

	/**
	 * Removes a message; nobody is told. What is in flight may still be delivered.
	 * @return whether it was there
	 */
	boolean delete(QueueId id);

	/** Lets nothing be claimed for a destination until it is resumed. */
	void suspend(String destination);

	/** Ends that. */
	void resume(String destination);

	/** The destinations that are suspended. */
	Set<String> suspended();

	/** How much there is. */
	QueueCounts counts();

	/**
	 * Lists messages.
	 * @throws IOException if they cannot be read
	 */
	List<QueuedMessage> list(QueueFilter filter) throws IOException;

	/**
	 * Finds a message.
	 * @throws IOException if it cannot be read
	 */
	Optional<QueuedMessage> find(QueueId id) throws IOException;

	/**
	 * Writes what is still to be written and closes the files or connections. What is in
	 * flight is claimed again the next time.
	 */
	@Override
	void close();

}
