/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.time.Duration;

/**
 * Everything of a session that a client could make grow, with its bound. Immutable.
 *
 * @param idleTimeout how long to wait for the next command, line, or octet of content
 * (RFC 5321 section 4.5.3.2.7: at least 5 minutes)
 * @param messageTimeout how long the content of one message may take in all
 * @param minDataRate how many octets per second content must bring on average after its
 * first 30 seconds, 0 for any
 * @param messageSize the largest content in octets, announced by SIZE (RFC 1870)
 * @param headerSize the largest header section in octets
 * @param textLine the longest line of content in octets, CRLF included (section
 * 4.5.3.1.6)
 * @param commandLine the longest command in octets, CRLF included (section 4.5.3.1.4); a
 * line that a handler reads may always have 12288 octets (RFC 4954 section 4)
 * @param maxRecipients the most recipients of one message (section 4.5.3.1.8: at least
 * 100)
 * @param maxConnections the most connections of one listener at once
 * @param maxConnectionsPerAddress the most of them from one IPv4 address, or from one
 * IPv6 network of 64 bits, because whoever has one address there has them all
 * @param errors how many commands of a session may be refused before it is closed
 * @param unrecognizedCommands how many unknown commands are answered before the session
 * is closed
 * @param authFailures how many failed authentications are answered before the session is
 * closed
 * @param authFailureDelay how long the reply to a failed authentication waits; twice as
 * long with each further failure, eight times as long at most; zero for not at all
 * @param authFailuresPerAddress how many authentications may fail from one client's
 * address or network, over all its connections, within the window; then AUTH is answered
 * 454 and nobody is asked until the window is over. The failures of all listeners are
 * counted together, with the limits of the server
 * @param authFailureWindow how long that window is, from the first failure
 * @param handlerTimeout how long a handler may take
 * @param queueTimeout how long a handler of {@code queue} may take
 */
public record Limits(Duration idleTimeout, Duration messageTimeout, long minDataRate, long messageSize, int headerSize,
		int textLine, int commandLine, int maxRecipients, int maxConnections, int maxConnectionsPerAddress, int errors,
		int unrecognizedCommands, int authFailures, Duration authFailureDelay, int authFailuresPerAddress,
		Duration authFailureWindow, Duration handlerTimeout, Duration queueTimeout) {

	private static final Duration OVERLOADED_IDLE = Duration.ofSeconds(10);

	/** What holds if nothing else is said. */
	public static final Limits DEFAULTS = builder().build();

	public Limits {
		positive("idle-timeout", idleTimeout);
		positive("message-timeout", messageTimeout);
		positive("handler-timeout", handlerTimeout);
		positive("queue-timeout", queueTimeout);
		atLeast("min-data-rate", minDataRate, 0);
		atLeast("message-size", messageSize, 1);
		atLeast("header-size", headerSize, 1024);
		atLeast("text-line", textLine, 1000);
		atLeast("command-line", commandLine, 512);
		atLeast("max-recipients", maxRecipients, 1);
		atLeast("max-connections", maxConnections, 1);
		atLeast("max-connections-per-address", maxConnectionsPerAddress, 1);
		atLeast("errors", errors, 1);
		atLeast("unrecognized-commands", unrecognizedCommands, 0);
		atLeast("auth-failures", authFailures, 1);
		atLeast("auth-failures-per-address", authFailuresPerAddress, 1);
		positive("auth-failure-window", authFailureWindow);
		if (authFailureDelay.isNegative()) {
			throw new IllegalArgumentException("auth-failure-delay must not be negative, but is " + authFailureDelay);
		}
	}

	private static void positive(String name, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException(name + " must be longer than zero, not " + value);
		}
	}

	private static void atLeast(String name, long value, long least) {
		if (value < least) {
			throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
		}
	}

	/**
	 * What holds while the server is overloaded: 10 seconds between two reads, ten times
	 * the data rate, a tenth of the refused commands, one unknown command, one failed
	 * authentication; nothing is looser than configured.
	 */
	public Limits tightened() {
		Duration idle = (this.idleTimeout.compareTo(OVERLOADED_IDLE) < 0) ? this.idleTimeout : OVERLOADED_IDLE;
		return new Limits(idle, this.messageTimeout, Math.min(this.minDataRate, Long.MAX_VALUE / 10) * 10,
				this.messageSize, this.headerSize, this.textLine, this.commandLine, this.maxRecipients,
				this.maxConnections, this.maxConnectionsPerAddress, Math.max(1, this.errors / 10),
				Math.min(1, this.unrecognizedCommands), 1, this.authFailureDelay, this.authFailuresPerAddress,
				this.authFailureWindow, this.handlerTimeout, this.queueTimeout);
	}

	/** A builder that starts with the defaults. */
	public static Builder builder() {
		return new Builder();
	}

	/** Collects limits; each method returns this same builder. Used by one thread. */
	public static final class Builder {

		private Duration idleTimeout = Duration.ofMinutes(5);

		private Duration messageTimeout = Duration.ofMinutes(30);

		private long minDataRate = 100;

		private long messageSize = 100L * 1024 * 1024;

		private int headerSize = 256 * 1024;

		private int textLine = 1024 * 1024;

		private int commandLine = 2048;

		private int maxRecipients = 100;

		private int maxConnections = 10_000;

		private int maxConnectionsPerAddress = 100;

		private int errors = 50;

		private int unrecognizedCommands = 5;

		private int authFailures = 5;

		private Duration authFailureDelay = Duration.ofSeconds(1);

		private int authFailuresPerAddress = 20;

		private Duration authFailureWindow = Duration.ofMinutes(10);

		private Duration handlerTimeout = Duration.ofSeconds(30);

		private Duration queueTimeout = Duration.ofMinutes(5);

		private Builder() {
		}

		/** See {@link Limits#idleTimeout()}. */
		public Builder idleTimeout(Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		/** See {@link Limits#messageTimeout()}. */
		public Builder messageTimeout(Duration messageTimeout) {
			this.messageTimeout = messageTimeout;
			return this;
		}

		/** See {@link Limits#minDataRate()}. */
		public Builder minDataRate(long minDataRate) {
			this.minDataRate = minDataRate;
			return this;
		}

		/** See {@link Limits#messageSize()}. */
		public Builder messageSize(long messageSize) {
			this.messageSize = messageSize;
			return this;
		}

		/** See {@link Limits#headerSize()}. */
		public Builder headerSize(int headerSize) {
			this.headerSize = headerSize;
			return this;
		}

		/** See {@link Limits#textLine()}. */
		public Builder textLine(int textLine) {
			this.textLine = textLine;
			return this;
		}

		/** See {@link Limits#commandLine()}. */
		public Builder commandLine(int commandLine) {
			this.commandLine = commandLine;
			return this;
		}

		/** See {@link Limits#maxRecipients()}. */
		public Builder maxRecipients(int maxRecipients) {
			this.maxRecipients = maxRecipients;
			return this;
		}

		/** See {@link Limits#maxConnections()}. */
		public Builder maxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
			return this;
		}

		/** See {@link Limits#maxConnectionsPerAddress()}. */
		public Builder maxConnectionsPerAddress(int maxConnectionsPerAddress) {
			this.maxConnectionsPerAddress = maxConnectionsPerAddress;
			return this;
		}

		/** See {@link Limits#errors()}. */
		public Builder errors(int errors) {
			this.errors = errors;
			return this;
		}

		/** See {@link Limits#unrecognizedCommands()}. */
		public Builder unrecognizedCommands(int unrecognizedCommands) {
			this.unrecognizedCommands = unrecognizedCommands;
			return this;
		}

		/** See {@link Limits#authFailures()}. */
		public Builder authFailures(int authFailures) {
			this.authFailures = authFailures;
			return this;
		}

		/** See {@link Limits#authFailureDelay()}. */
		public Builder authFailureDelay(Duration authFailureDelay) {
			this.authFailureDelay = authFailureDelay;
			return this;
		}

		/** See {@link Limits#authFailuresPerAddress()}. */
		public Builder authFailuresPerAddress(int authFailuresPerAddress) {
			this.authFailuresPerAddress = authFailuresPerAddress;
			return this;
		}

		/** See {@link Limits#authFailureWindow()}. */
		public Builder authFailureWindow(Duration authFailureWindow) {
			this.authFailureWindow = authFailureWindow;
			return this;
		}

		/** See {@link Limits#handlerTimeout()}. */
		public Builder handlerTimeout(Duration handlerTimeout) {
			this.handlerTimeout = handlerTimeout;
			return this;
		}

		/** See {@link Limits#queueTimeout()}. */
		public Builder queueTimeout(Duration queueTimeout) {
			this.queueTimeout = queueTimeout;
			return this;
		}

		/**
		 * The limits.
		 * @throws IllegalArgumentException if one is out of its range
		 */
		public Limits build() {
			return new Limits(this.idleTimeout, this.messageTimeout, this.minDataRate, this.messageSize,
					this.headerSize, this.textLine, this.commandLine, this.maxRecipients, this.maxConnections,
					this.maxConnectionsPerAddress, this.errors, this.unrecognizedCommands, this.authFailures,
					this.authFailureDelay, this.authFailuresPerAddress, this.authFailureWindow, this.handlerTimeout,
					this.queueTimeout);
		}

	}

}
