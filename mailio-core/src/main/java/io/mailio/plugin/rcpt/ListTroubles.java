/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the log of lists that give no usable answer: each list once in a while, for every
 * client would be told otherwise. Safe for use by several threads.
 */
final class ListTroubles {

	private static final Logger logger = LoggerFactory.getLogger(Dnsbl.class);

	private static final Duration SILENCE = Duration.ofMinutes(10);

	private final LongSupplier nanoTime;

	/** By list, when it was told of last. */
	private final Map<String, Long> told = new ConcurrentHashMap<>();

	ListTroubles(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/** It will pass, or others will notice, too. */
	void failed(String zone, String reason) {
		tell(Level.WARN, zone, "could not be asked: " + reason);
	}

	/**
	 * No RFC says so, but many lists answer with 127.255.255.* whom they do not serve,
	 * lists of the trusted also with 127.0.0.255.
	 */
	void refused(String zone, String code) {
		tell(Level.ERROR, zone, "refuses our questions with " + code
				+ ", as lists do with public name servers: ask through a name server of your own, or do without it");
	}

	/** RFC 5782 section 2.1: the answer of a list lies in 127.0.0.0/8. */
	void nonsense(String zone, String code) {
		tell(Level.ERROR, zone, "answers " + code
				+ ", which no list does: its domain has changed hands, or a name server makes answers up");
	}

	private void tell(Level level, String zone, String what) {
		long now = this.nanoTime.getAsLong();
		boolean[] due = new boolean[1];
		this.told.compute(zone, (name, last) -> {
			due[0] = last == null || now - last >= SILENCE.toNanos();
			return due[0] ? Long.valueOf(now) : last;
		});
		if (due[0]) {
			logger.atLevel(level)
				.log("The list {} {} (not told again for {} minutes)", zone, what, SILENCE.toMinutes());
		}
	}

}
