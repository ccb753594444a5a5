/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Instant;
import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;

/**
 * Hears what becomes of messages. Called on threads of the relay's executor, for each
 * attempt once per kind of outcome; what it throws is logged and changes nothing.
 */
public interface RelayListener {

	/**
	 * Whether {@link #queued} is to be called. Asked for each message: a listener that
	 * does not care saves a change of threads.
	 */
	default boolean hearsQueued() {
		return true;
	}

	/**
	 * A message stands durably in the queue: received, sent by the application, or a
	 * notification. It may be on its way already, so what becomes of it may be told
	 * before. If another place where the same message was to be kept fails, it is deleted
	 * again.
	 * @param id its name in the queue
	 * @param envelope sender, parameters and all recipients
	 */
	default void queued(QueueId id, Envelope envelope) {
	}

	/**
	 * Another server has taken a message.
	 * @param id its name in the queue
	 * @param envelope sender and parameters; all recipients of the attempt
	 * @param results those it was taken for, with what the server said
	 */
	default void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
	}

	/**
	 * A message waits for another attempt.
	 * @param retryAt when that is made at the earliest
	 */
	default void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
	}

	/** A message will not be delivered; its sender has been told, if that was wanted. */
	default void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
	}

}
