/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of a queue in milliseconds since 1970: read from the machine once, then moved
 * on by its monotonic clock, so that nobody who sets the machine's time makes messages
 * wait longer, or not at all.
 */
final class QueueClock {

	private final LongSupplier nanos;

	private final long startMillis;

	private final long startNanos;

	QueueClock(LongSupplier millis, LongSupplier nanos) {
		this.nanos = nanos;
		this.startMillis = millis.getAsLong();
		this.startNanos = nanos.getAsLong();
	}

	static QueueClock system() {
		return new QueueClock(System::currentTimeMillis, System::nanoTime);
	}

	long millis() {
		return this.startMillis + TimeUnit.NANOSECONDS.toMillis(this.nanos.getAsLong() - this.startNanos);
	}

}
