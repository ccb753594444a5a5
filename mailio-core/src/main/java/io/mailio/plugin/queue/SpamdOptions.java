/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.time.Duration;

import io.mailio.plugin.OnError;
import org.jspecify.annotations.Nullable;

/**
 * How {@code queue/spamd} asks SpamAssassin.
 *
 * @param host where spamd runs, a name or an address
 * @param port its port
 * @param baseScore the score from which on a message is spam
 * @param maxSize larger messages are not scanned, in octets; 1 or more
 * @param timeout how long a message may take, waiting for a connection included
 * @param maxConnections how many messages are scanned at a time, best not more than spamd
 * has children; others wait. 1 or more
 * @param user whose preferences spamd uses; {@code null} for those of everybody
 * @param addHeaders whether {@code X-Spam} fields are added to messages, and those of
 * clients removed
 * @param onError what it means that spamd does not answer
 */
public record SpamdOptions(String host, int port, double baseScore, long maxSize, Duration timeout, int maxConnections,
		@Nullable String user, boolean addHeaders, OnError onError) {

	private static final SpamdOptions DEFAULTS = new SpamdOptions("127.0.0.1", 783, 5, 500 * 1024,
			Duration.ofSeconds(60), 5, null, false, OnError.ACCEPT);

	public SpamdOptions {
		if (host.isBlank()) {
			throw new IllegalArgumentException("The host of spamd must not be empty");
		}
		if (port < 1 || port > 65535) {
			throw new IllegalArgumentException("The port of spamd lies between 1 and 65535, not " + port);
		}
		if (!Double.isFinite(baseScore)) {
			throw new IllegalArgumentException("The base score is a number, not " + baseScore);
		}
		if (maxSize < 1) {
			throw new IllegalArgumentException("Messages of 1 octet or more are scanned, not of " + maxSize);
		}
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("The timeout of spamd is longer than zero, not " + timeout);
		}
		if (maxConnections < 1) {
			throw new IllegalArgumentException("There is at least one connection to spamd, not " + maxConnections);
		}
		if (user != null && !isUser(user)) {
			throw new IllegalArgumentException("The user '" + user + "' is not a word of US-ASCII");
		}
	}

	/**
	 * Whether spamd can be told such a name.
	 * @param user a name
	 * @return whether it is a word of printable US-ASCII
	 */
	public static boolean isUser(String user) {
		return !user.isEmpty() && user.chars().allMatch((c) -> c > ' ' && c < 0x7f);
	}

	/**
	 * This machine, port 783, base score 5, messages of up to 500 KiB, a minute, five
	 * connections, no user and no header fields; without spamd mail is accepted.
	 * @return the default options
	 */
	public static SpamdOptions defaults() {
		return DEFAULTS;
	}

	/** The same, with spamd elsewhere. */
	public SpamdOptions at(String host, int port) {
		return new SpamdOptions(host, port, this.baseScore, this.maxSize, this.timeout, this.maxConnections, this.user,
				this.addHeaders, this.onError);
	}

}
