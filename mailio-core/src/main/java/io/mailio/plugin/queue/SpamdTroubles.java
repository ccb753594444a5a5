/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.mailio.plugin.OnError;
import io.mailio.smtp.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log that spamd gives no usable answer: at once, and then not for each message
 * but once a minute. Safe for use by several threads.
 */
final class SpamdTroubles {

	static final Duration SILENCE = Duration.ofMinutes(1);

	private static final Logger logger = LoggerFactory.getLogger(Spamd.class);

	private final SpamdOptions options;

	private final LongSupplier nanoTime;

	private boolean told;

	private long toldAt;

	private int untold;

	SpamdTroubles(SpamdOptions options, LongSupplier nanoTime) {
		this.options = options;
		this.nanoTime = nanoTime;
	}

	void failed(Throwable failure) {
		int messages = messages();
		if (messages > 0) {
			String what = (this.options.onError() == OnError.ACCEPT) ? "accepted without being scanned"
					: "refused with 451";
			logger.warn("spamd at {} port {} could not be asked: {}; {} {}", this.options.host(), this.options.port(),
					reason(failure), (messages == 1) ? "a message was" : messages + " messages were", what);
		}
	}

	/** Of how many it is time to tell; 0 for not yet. */
	private synchronized int messages() {
		long now = this.nanoTime.getAsLong();
		this.untold++;
		if (this.told && now - this.toldAt < SILENCE.toNanos()) {
			return 0;
		}
		int messages = this.untold;
		this.told = true;
		this.toldAt = now;
		this.untold = 0;
		return messages;
	}

	private String reason(Throwable failure) {
		if (failure instanceof TimeoutException) {
			return "no answer within " + this.options.timeout().toMillis() + " ms";
		}
		boolean told = failure instanceof IOException && failure.getMessage() != null;
		return Printable.of(told ? failure.getMessage() : failure.toString());
	}

}
