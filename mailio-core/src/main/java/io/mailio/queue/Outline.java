/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.List;

/**
 * What the index keeps of a message, without addresses and parameters. Times are
 * milliseconds since 1970.
 *
 * @param id its name
 * @param enqueued when it came
 * @param recorded when its record was written
 * @param size the octets of its content
 * @param inFile whether the content lies in a file of its own
 * @param parts what waits for each destination
 */
record Outline(long id, long enqueued, long recorded, long size, boolean inFile, List<Part> parts) {

	/**
	 * The recipients that wait for one destination.
	 *
	 * @param destination the destination
	 * @param held whether they wait to be released
	 * @param attempts how often they were tried
	 * @param due when they may be claimed
	 * @param lastAttempt when the last attempt has ended, 0 if there was none
	 * @param recipients their numbers
	 */
	record Part(String destination, boolean held, int attempts, long due, long lastAttempt, int[] recipients) {
	}

	/** Of a message whose record is known as a whole. */
	static Outline of(JournalRecord.Message message) {
		List<Part> parts = message.parts()
			.stream()
			.map((part) -> new Part(part.destination(), part.held(), part.attempts(), part.due(), part.lastAttempt(),
					part.recipients().stream().mapToInt(JournalRecord.Numbered::number).toArray()))
			.toList();
		return new Outline(message.id(), message.enqueued(), message.recorded(), message.size(), message.inFile(),
				parts);
	}

}
