/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.RelayListener;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several listeners as one; one that fails keeps none of the others from hearing.
 *
 * @param listeners who hears, in this order
 */
record RelayListeners(List<RelayListener> listeners) implements RelayListener {

	private static final Logger logger = LoggerFactory.getLogger(RelayListener.class);

	RelayListeners {
		listeners = List.copyOf(listeners);
	}

	@Override
	public boolean hearsQueued() {
		for (RelayListener listener : this.listeners) {
			if (listener.hearsQueued()) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void queued(QueueId id, Envelope envelope) {
		tell(id, (one) -> {
			if (one.hearsQueued()) {
				one.queued(id, envelope);
			}
		});
	}

	@Override
	public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
		tell(id, (one) -> one.delivered(id, envelope, results));
	}

	@Override
	public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
		tell(id, (one) -> one.deferred(id, envelope, results, retryAt));
	}

	@Override
	public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
		tell(id, (one) -> one.bounced(id, envelope, results));
	}

	private void tell(QueueId id, Consumer<RelayListener> event) {
		for (RelayListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException | Error ex) {
				logger.error("The listener {} failed for message {}", listener.getClass().getName(), id,
						Printable.of(ex));
			}
		}
	}

}
