/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

/**
 * The name of a message in a queue. Later messages have greater names.
 *
 * @param value a positive number
 */
public record QueueId(long value) implements Comparable<QueueId> {

	public QueueId {
		if (value <= 0) {
			throw new IllegalArgumentException("The name of a message is a positive number, not " + value);
		}
	}

	/**
	 * Reads what {@link #toString()} writes.
	 * @param text the name
	 * @return the name
	 * @throws IllegalArgumentException if it is none
	 */
	public static QueueId parse(String text) {
		try {
			return new QueueId(Long.parseLong(text, Character.MAX_RADIX));
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"The name of a message has digits and lower-case letters only, unlike '" + text + "'", ex);
		}
	}

	@Override
	public int compareTo(QueueId other) {
		return Long.compare(this.value, other.value);
	}

	/** Digits and lower-case letters, fit for file names and replies. */
	@Override
	public String toString() {
		return Long.toString(this.value, Character.MAX_RADIX);
	}

}
