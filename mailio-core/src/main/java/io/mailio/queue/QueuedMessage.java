/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.time.Instant;
import java.util.List;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * A message as it stands in the queue, for those who look after it. If nobody can read
 * who it is from and to, since another version has written it, it has the null sender and
 * no recipients, and its last reply says so.
 *
 * @param id its name
 * @param from the sender
 * @param size the octets of its content
 * @param enqueued when it came
 * @param waiting what is left of it, by destination
 */
public record QueuedMessage(QueueId id, ReversePath from, long size, Instant enqueued, List<Waiting> waiting) {

	/**
	 * Recipients that wait for one destination.
	 *
	 * @param destination the destination
	 * @param recipients the recipients
	 * @param state what they wait for
	 * @param attempts how often delivery has been tried
	 * @param nextAttempt when it is tried again at the earliest
	 * @param history the last of these attempts, at most {@value Attempt#KEPT}, the
	 * oldest first
	 */
	public record Waiting(String destination, List<Mailbox> recipients, MessageState state, int attempts,
			Instant nextAttempt, List<Attempt> history) {

		/** The reply to the last attempt; {@code null} before that. */
		public @Nullable String lastReply() {
			return this.history.isEmpty() ? null : this.history.get(this.history.size() - 1).reply();
		}

	}

}
