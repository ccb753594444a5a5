/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.session.LogIds;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries of one message, on their way to all being kept or none. They are
 * committed one after another, those that can hardly be undone last; when one fails, all
 * are undone. What blocks runs on the executor; what waits for another thread waits
 * without one of its own. Used by one thread at a time.
 */
final class Commitment {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.message");

	private final String id;

	private final List<Delivery> deliveries;

	private final Executor executor;

	private final LogIds ids;

	private final boolean blocking;

	/**
	 * Nothing is committed yet.
	 * @param id the message's name in the log
	 * @param executor where deliveries that block are committed and undone
	 */
	Commitment(String id, List<Delivery> deliveries, Executor executor, LogIds ids) {
		this.id = id;
		this.deliveries = inOrder(deliveries);
		this.executor = executor;
		this.ids = ids;
		this.blocking = anyBlocks(deliveries);
	}

	private static List<Delivery> inOrder(List<Delivery> deliveries) {
		if (deliveries.size() < 2) {
			return deliveries;
		}
		List<Delivery> ordered = new ArrayList<>(deliveries);
		// Stable: whoever staged first is committed first otherwise.
		ordered.sort((one, other) -> Boolean.compare(one.isFinal(), other.isFinal()));
		return ordered;
	}

	private static boolean anyBlocks(List<Delivery> deliveries) {
		for (Delivery delivery : deliveries) {
			if (delivery.isBlocking()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Commits all.
	 * @param refused recipients that must not get the message
	 * @param accepted the reply to a message that is kept
	 * @return completes, on any thread, with that reply, or with another one if the
	 * message is kept nowhere; does not fail
	 * @throws RuntimeException if the executor takes no more work; nothing is committed
	 * then
	 */
	CompletableFuture<Reply> commit(Set<Mailbox> refused, Reply accepted) {
		CompletableFuture<Reply> end = new CompletableFuture<>();
		perform(() -> {
			try {
				if (!refused.isEmpty()) {
					this.deliveries.forEach((delivery) -> delivery.exclude(refused));
				}
			}
			catch (RuntimeException | Error ex) {
				end.complete(undone(ex));
				return;
			}
			commitFrom(0, accepted, end);
		});
		return end;
	}

	private void commitFrom(int first, Reply accepted, CompletableFuture<Reply> end) {
		for (int i = first; i < this.deliveries.size(); i++) {
			int begun = i + 1;
			CompletableFuture<Void> committed;
			try {
				committed = this.deliveries.get(i).commitAsync().toCompletableFuture();
			}
			catch (RuntimeException | Error ex) {
				fail(begun, ex, end);
				return;
			}
			if (!committed.isDone()) {
				committed.whenComplete((nothing, failure) -> goOn(begun, failure, accepted, end));
				return;
			}
			if (committed.isCompletedExceptionally()) {
				committed.whenComplete((nothing, failure) -> fail(begun, failure, end));
				return;
			}
		}
		end.complete(accepted);
	}

	/** On a thread that must not block. */
	private void goOn(int next, @Nullable Throwable failure, Reply accepted, CompletableFuture<Reply> end) {
		if (failure != null) {
			fail(next, failure, end);
		}
		else if (next == this.deliveries.size()) {
			end.complete(accepted);
		}
		else {
			try {
				perform(() -> commitFrom(next, accepted, end));
			}
			catch (RuntimeException | Error ex) {
				fail(next, ex, end);
			}
		}
	}

	/**
	 * Undoes all. What was committed may take longer to undo than it took to commit, even
	 * if nothing blocks until then.
	 * @param begun how many have begun to commit, the one that failed included
	 */
	private void fail(int begun, Throwable failure, CompletableFuture<Reply> end) {
		Runnable undoing = () -> end.complete(undone(failure));
		if (begun < 2 && !this.blocking) {
			undoing.run();
			return;
		}
		try {
			this.executor.execute(() -> this.ids.during(undoing));
		}
		catch (RuntimeException | Error ex) {
			// Rather hold up a thread for a moment than keep half a message.
			undoing.run();
		}
	}

	private Reply undone(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		Reply reply = Replies.LOCAL_ERROR;
		if (cause instanceof SmtpReplyException refusal) {
			reply = refusal.reply();
		}
		else {
			logger.error("Message {} could not be kept and is undone everywhere", this.id, Printable.of(cause));
		}
		rollback();
		return reply;
	}

	/**
	 * Undoes all.
	 * @param because the reply to a message that is not kept
	 * @return completes with it when that is done, on any thread; does not fail
	 * @throws RuntimeException if the executor takes no more work; nothing is undone then
	 */
	CompletableFuture<Reply> undo(Reply because) {
		CompletableFuture<Reply> end = new CompletableFuture<>();
		perform(() -> {
			rollback();
			end.complete(because);
		});
		return end;
	}

	/**
	 * Undoes all, on the executor: what was committed may take longer to undo than it
	 * took to commit.
	 * @throws RuntimeException if the executor takes no more work; nothing is undone then
	 */
	void undoLate() {
		this.executor.execute(() -> this.ids.during(this::rollback));
	}

	/** Undoes all, here and now. One that fails keeps none of the others from it. */
	void rollback() {
		for (Delivery delivery : this.deliveries) {
			try {
				delivery.rollback();
			}
			catch (RuntimeException | Error ex) {
				logger.error("A delivery of message {} could not be undone", this.id, Printable.of(ex));
			}
		}
	}

	private void perform(Runnable work) {
		if (this.blocking) {
			this.executor.execute(() -> this.ids.during(work));
		}
		else {
			work.run();
		}
	}

}
