/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/** What a client may use up. */
public class LimitsProperties {

	/**
	 * How long to wait for the next command, line, or octet of content; then 421.
	 */
	private Duration idleTimeout = Duration.ofMinutes(5);

	/**
	 * How long the content of one message may take in all; then 421.
	 */
	private Duration messageTimeout = Duration.ofMinutes(30);

	/**
	 * Least content per second, on average after the first 30 seconds; 0 for any.
	 */
	private DataSize minDataRate = DataSize.ofBytes(100);

	/**
	 * Largest message, announced by SIZE; beyond it 552.
	 */
	private DataSize messageSize = DataSize.ofMegabytes(100);

	/**
	 * Largest header section of a message; at least 1KB.
	 */
	private DataSize headerSize = DataSize.ofKilobytes(256);

	/**
	 * Longest line of content, CRLF included; at least 1000B.
	 */
	private DataSize textLine = DataSize.ofMegabytes(1);

	/**
	 * Longest command line, CRLF included; at least 512B; beyond it 500. Lines of a
	 * dialogue, for example responses to AUTH, may always have 12288 octets.
	 */
	private DataSize commandLine = DataSize.ofKilobytes(2);

	/**
	 * Most recipients of one message; beyond it 452.
	 */
	private int maxRecipients = 100;

	/**
	 * Most connections of a listener at once; beyond it 421.
	 */
	private int maxConnections = 10000;

	/**
	 * Most connections of a listener at once from one address; beyond it 421.
	 */
	private int maxConnectionsPerAddress = 100;

	/**
	 * How many commands of a session may be refused before it is closed with 421.
	 */
	private int errors = 50;

	/**
	 * How many unknown commands are answered before the session is closed with 421.
	 */
	private int unrecognizedCommands = 5;

	/**
	 * How many failed authentications are answered before the session is closed with 421.
	 */
	private int authFailures = 5;

	/**
	 * How long the reply to a failed authentication waits. Doubled with each further
	 * failure, up to eight times as long; 0 for not at all.
	 */
	private Duration authFailureDelay = Duration.ofSeconds(1);

	/**
	 * How many authentications may fail from one address within the window, over all its
	 * connections; then AUTH is answered 454. An IPv6 network of 64 bits counts as one
	 * address.
	 */
	private int authFailuresPerAddress = 20;

	/**
	 * How long failed authentications of an address are remembered, from the first.
	 */
	private Duration authFailureWindow = Duration.ofMinutes(10);

	/**
	 * How long a handler may take, unless it says otherwise; then 451.
	 */
	private Duration handlerTimeout = Duration.ofSeconds(30);

	/**
	 * How long a handler of queue may take, unless it says otherwise; then 451.
	 */
	private Duration queueTimeout = Duration.ofMinutes(5);

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public Duration getMessageTimeout() {
		return this.messageTimeout;
	}

	public void setMessageTimeout(Duration messageTimeout) {
		this.messageTimeout = messageTimeout;
	}

	public DataSize getMinDataRate() {
		return this.minDataRate;
	}

	public void setMinDataRate(DataSize minDataRate) {
		this.minDataRate = minDataRate;
	}

	public DataSize getMessageSize() {
		return this.messageSize;
	}

	public void setMessageSize(DataSize messageSize) {
		this.messageSize = messageSize;
	}

	public DataSize getHeaderSize() {
		return this.headerSize;
	}

	public void setHeaderSize(DataSize headerSize) {
		this.headerSize = headerSize;
	}

	public DataSize getTextLine() {
		return this.textLine;
	}

	public void setTextLine(DataSize textLine) {
		this.textLine = textLine;
	}

	public DataSize getCommandLine() {
		return this.commandLine;
	}

	public void setCommandLine(DataSize commandLine) {
		this.commandLine = commandLine;
	}

	public int getMaxRecipients() {
		return this.maxRecipients;
	}

	public void setMaxRecipients(int maxRecipients) {
		this.maxRecipients = maxRecipients;
	}

	public int getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(int maxConnections) {
		this.maxConnections = maxConnections;
	}

	public int getMaxConnectionsPerAddress() {
		return this.maxConnectionsPerAddress;
	}

	public void setMaxConnectionsPerAddress(int maxConnectionsPerAddress) {
		this.maxConnectionsPerAddress = maxConnectionsPerAddress;
	}

	public int getErrors() {
		return this.errors;
	}

	public void setErrors(int errors) {
		this.errors = errors;
	}

	public int getUnrecognizedCommands() {
		return this.unrecognizedCommands;
	}

	public void setUnrecognizedCommands(int unrecognizedCommands) {
		this.unrecognizedCommands = unrecognizedCommands;
	}

	public int getAuthFailures() {
		return this.authFailures;
	}

	public void setAuthFailures(int authFailures) {
		this.authFailures = authFailures;
	}

	public Duration getAuthFailureDelay() {
		return this.authFailureDelay;
	}

	public void setAuthFailureDelay(Duration authFailureDelay) {
		this.authFailureDelay = authFailureDelay;
	}

	public int getAuthFailuresPerAddress() {
		return this.authFailuresPerAddress;
	}

	public void setAuthFailuresPerAddress(int authFailuresPerAddress) {
		this.authFailuresPerAddress = authFailuresPerAddress;
	}

	public Duration getAuthFailureWindow() {
		return this.authFailureWindow;
	}

	public void setAuthFailureWindow(Duration authFailureWindow) {
		this.authFailureWindow = authFailureWindow;
	}

	public Duration getHandlerTimeout() {
		return this.handlerTimeout;
	}

	public void setHandlerTimeout(Duration handlerTimeout) {
		this.handlerTimeout = handlerTimeout;
	}

	public Duration getQueueTimeout() {
		return this.queueTimeout;
	}

	public void setQueueTimeout(Duration queueTimeout) {
		this.queueTimeout = queueTimeout;
	}

}
