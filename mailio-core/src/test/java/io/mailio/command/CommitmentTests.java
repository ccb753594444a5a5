/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.session.LogIds;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CommitmentTests {

	private static final Reply OK = new Reply(250, "Kept");

	private final List<String> order = new ArrayList<>();

	private final Deque<Runnable> executor = new ArrayDeque<>();

	private boolean saturated;

	private Commitment commitment(Delivery... deliveries) {
		return new Commitment("id", Arrays.asList(deliveries), this::execute, new LogIds("id", null));
	}

	private void execute(Runnable task) {
		if (this.saturated) {
			throw new RejectedExecutionException("no more work");
		}
		this.executor.add(task);
	}

	private void work() {
		while (!this.executor.isEmpty()) {
			this.executor.remove().run();
		}
	}

	@Test
	void whatDoesNotBlockIsCommittedAtOnce() {
		assertThat(commitment(new Shelf("a").inline(), new Shelf("b").inline()).commit(Set.of(), OK))
			.isCompletedWithValue(OK);
		assertThat(this.order).containsExactly("a", "b");
	}

	@Test
	void whatBlocksIsCommittedOnTheExecutorAndWhatIsFinalLast() {
		CompletableFuture<Reply> end = commitment(new Shelf("a").last(), new Shelf("b"), new Shelf("c"))
			.commit(Set.of(), OK);
		assertThat(end).isNotDone();
		work();
		assertThat(end).isCompletedWithValue(OK);
		assertThat(this.order).containsExactly("b", "c", "a");
	}

	@Test
	void theNextWaitsForTheOneBeforeWithoutAThread() {
		Shelf slow = new Shelf("slow").pending();
		CompletableFuture<Reply> end = commitment(slow, new Shelf("next")).commit(Set.of(), OK);
		work();
		assertThat(this.order).containsExactly("slow");
		slow.pending.complete(null);
		assertThat(this.order).as("it may block, so not on this thread").containsExactly("slow");
		work();
		assertThat(this.order).containsExactly("slow", "next");
		assertThat(end).isCompletedWithValue(OK);
	}

	@Test
	void theLastToBecomeDurableEndsItAtOnce() {
		Shelf slow = new Shelf("slow").pending().last();
		CompletableFuture<Reply> end = commitment(new Shelf("a"), slow).commit(Set.of(), OK);
		work();
		assertThat(end).isNotDone();
		slow.pending.complete(null);
		assertThat(end).isCompletedWithValue(OK);
	}

	@Test
	void aFailureThatComesLaterUndoesAll() {
		Shelf slow = new Shelf("slow").pending();
		CompletableFuture<Reply> end = commitment(new Shelf("a"), slow, new Shelf("b")).commit(Set.of(), OK);
		work();
		slow.pending.completeExceptionally(new IOException("disk"));
		work();
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
		assertThat(this.order).containsExactly("a", "slow", "a undone", "slow undone", "b undone");
	}

	@Test
	void aFailureAtOnceAndAReplyOfItsOwnUndoAllToo() {
		Shelf full = new Shelf("full").failing(new SmtpReplyException(Replies.INSUFFICIENT_STORAGE));
		CompletableFuture<Reply> end = commitment(new Shelf("a"), full).commit(Set.of(), OK);
		work();
		assertThat(end).isCompletedWithValue(Replies.INSUFFICIENT_STORAGE);
		assertThat(this.order).containsExactly("a", "full", "a undone", "full undone");
	}

	/** The queue waits for the disk when it takes back what it has kept. */
	@Test
	void whatWasCommittedIsUndoneOnTheExecutorThoughNothingBlockedUntilThen() {
		Shelf slow = new Shelf("slow").inline().pending();
		CompletableFuture<Reply> end = commitment(new Shelf("a").inline(), slow).commit(Set.of(), OK);
		slow.pending.completeExceptionally(new IOException("disk"));
		assertThat(this.order).containsExactly("a", "slow");
		work();
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
		assertThat(this.order).containsExactly("a", "slow", "a undone", "slow undone");
		this.order.clear();
		end = commitment(new Shelf("a").inline(), new Shelf("b").inline().failing(new IOException("disk")))
			.commit(Set.of(), OK);
		assertThat(this.order).containsExactly("a", "b");
		work();
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
	}

	@Test
	void aFirstThatDoesNotBlockFailsWithoutTheExecutor() {
		CompletableFuture<Reply> end = commitment(new Shelf("a").inline().failing(new IOException("disk")),
				new Shelf("b").inline())
			.commit(Set.of(), OK);
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
		assertThat(this.order).containsExactly("a", "a undone", "b undone");
	}

	@Test
	void anErrorLeavesNobodyWaiting() {
		CompletableFuture<Reply> end = commitment(new Shelf("a").failing(new StackOverflowError())).commit(Set.of(),
				OK);
		work();
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
	}

	@Test
	void anExecutorThatTakesNothingMoreHalfWayUndoesAllWithoutIt() {
		Shelf slow = new Shelf("slow").pending();
		CompletableFuture<Reply> end = commitment(slow, new Shelf("next")).commit(Set.of(), OK);
		work();
		this.saturated = true;
		slow.pending.complete(null);
		assertThat(end).isCompletedWithValue(Replies.LOCAL_ERROR);
		assertThat(this.order).containsExactly("slow", "slow undone", "next undone");
	}

	@Test
	void anExecutorThatTakesNothingAtAllIsTold() {
		this.saturated = true;
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> commitment(new Shelf("a")).commit(Set.of(), OK));
		assertThat(this.order).isEmpty();
	}

	@Test
	void refusedRecipientsAreExcludedBeforeAnythingIsCommitted() {
		commitment(new Shelf("a"), new Shelf("b")).commit(Set.of(Mailbox.of("x@example.com")), OK);
		work();
		assertThat(this.order).containsExactly("a without x@example.com", "b without x@example.com", "a", "b");
	}

	@Test
	void undoingUndoesEachThoughOneFails() {
		Shelf stubborn = new Shelf("stubborn");
		stubborn.stubborn = true;
		CompletableFuture<Reply> end = commitment(stubborn, new Shelf("b")).undo(Replies.NOT_CONFIGURED);
		work();
		assertThat(end).isCompletedWithValue(Replies.NOT_CONFIGURED);
		assertThat(this.order).containsExactly("stubborn undone", "b undone");
	}

	private final class Shelf implements Delivery {

		private final String name;

		private CompletableFuture<Void> pending = CompletableFuture.completedFuture(null);

		private boolean last;

		private boolean inline;

		private boolean stubborn;

		Shelf(String name) {
			this.name = name;
		}

		Shelf pending() {
			this.pending = new CompletableFuture<>();
			return this;
		}

		Shelf failing(Throwable failure) {
			this.pending = CompletableFuture.failedFuture(failure);
			return this;
		}

		Shelf last() {
			this.last = true;
			return this;
		}

		Shelf inline() {
			this.inline = true;
			return this;
		}

		@Override
		public Collection<Mailbox> recipients() {
			return List.of();
		}

		@Override
		public void exclude(Set<Mailbox> refused) {
			refused.forEach((one) -> CommitmentTests.this.order.add(this.name + " without " + one));
		}

		@Override
		public boolean isFinal() {
			return this.last;
		}

		@Override
		public boolean isBlocking() {
			return !this.inline;
		}

		@Override
		public void commit() {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<Void> commitAsync() {
			CommitmentTests.this.order.add(this.name);
			return this.pending;
		}

		@Override
		public void rollback() {
			CommitmentTests.this.order.add(this.name + " undone");
			if (this.stubborn) {
				throw new IllegalStateException("cannot be undone");
			}
		}

	}

}
