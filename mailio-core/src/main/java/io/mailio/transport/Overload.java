/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether clients have to be shorter with us than usual: nine tenths of the connections
 * are taken, until no more than eight are, or memory is nearly full. Found out when
 * somebody asks. Thread-safe.
 */
final class Overload {

	private static final Logger logger = LoggerFactory.getLogger(Overload.class);

	/** With fewer connections than this, one more or less says nothing. */
	private static final int LEAST_CONNECTIONS = 10;

	private final String listener;

	private final ConnectionLimits connections;

	private final BooleanSupplier memoryNearlyFull;

	private final AtomicBoolean high = new AtomicBoolean();

	Overload(String listener, ConnectionLimits connections, BooleanSupplier memoryNearlyFull) {
		this.listener = listener;
		this.connections = connections;
		this.memoryNearlyFull = memoryNearlyFull;
	}

	boolean isHigh() {
		boolean before = this.high.get();
		boolean now = isCrowded(before ? 8 : 9) || this.memoryNearlyFull.getAsBoolean();
		if (now != before && this.high.compareAndSet(before, now)) {
			tell(now);
		}
		return now;
	}

	private boolean isCrowded(int tenths) {
		long max = this.connections.max();
		return max >= LEAST_CONNECTIONS && 10L * this.connections.total() >= tenths * max;
	}

	private void tell(boolean now) {
		if (now) {
			logger.warn(
					"Connections of listener {} ({} of {}) or memory run short: time-outs and tolerated errors are cut",
					this.listener, this.connections.total(), this.connections.max());
		}
		else {
			logger.info(
					"Listener {} has connections and memory again: time-outs and tolerated errors are as configured",
					this.listener);
		}
	}

}
