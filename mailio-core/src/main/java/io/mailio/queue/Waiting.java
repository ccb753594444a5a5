/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import org.jspecify.annotations.Nullable;

/**
 * The recipients of one message that wait for one destination. Only numbers of recipients
 * are kept in memory; who they are stands in the journal. Guarded by the lock of the
 * index.
 */
final class Waiting extends DueHeap.Item {

	/** The numbers of a message with one recipient. */
	private static final int[] FIRST = { 0 };

	private final IndexedMessage message;

	private final Destination destination;

	private int[] recipients;

	private long due;

	/** 0 if there was none. */
	private long lastAttempt;

	private short attempts;

	private boolean held;

	private boolean inFlight;

	/** Where the record of the last attempt stands; {@code null} if in the message's. */
	private @Nullable Segment lastSegment;

	private int lastPlace;

	Waiting(IndexedMessage message, Destination destination, int[] recipients, long due, int attempts, boolean held) {
		this.message = message;
		this.destination = destination;
		this.recipients = (recipients.length == 1 && recipients[0] == 0) ? FIRST : recipients;
		this.due = due;
		this.attempts = (short) attempts;
		this.held = held;
	}

	IndexedMessage message() {
		return this.message;
	}

	Destination destination() {
		return this.destination;
	}

	@Override
	long due() {
		return this.due;
	}

	/** Must not stand in a heap. */
	void due(long due) {
		this.due = due;
	}

	int[] recipients() {
		return this.recipients;
	}

	void recipients(int[] recipients) {
		this.recipients = recipients;
	}

	int attempts() {
		return this.attempts;
	}

	void attempts(int attempts) {
		this.attempts = (short) Math.min(attempts, Short.MAX_VALUE);
	}

	boolean isHeld() {
		return this.held;
	}

	void held(boolean held) {
		this.held = held;
	}

	boolean isInFlight() {
		return this.inFlight;
	}

	void inFlight(boolean inFlight) {
		this.inFlight = inFlight;
	}

	/** When the last attempt has ended, in milliseconds; 0 if there was none. */
	long lastAttempt() {
		return this.lastAttempt;
	}

	void lastAttempt(long lastAttempt) {
		this.lastAttempt = lastAttempt;
	}

	/** Where what it has come to is written. */
	void lastRecord(@Nullable Segment segment, int place) {
		this.lastSegment = segment;
		this.lastPlace = place;
	}

	@Nullable Segment lastSegment() {
		return this.lastSegment;
	}

	int lastPlace() {
		return this.lastPlace;
	}

}
