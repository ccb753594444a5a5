/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.mailio.smtp.Parameters;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;

/**
 * What is written into the journal. Times are milliseconds since 1970.
 */
sealed interface JournalRecord {

	/**
	 * A message and what is left of it. Written when it comes, and again when its segment
	 * is given up: the later one replaces the earlier.
	 *
	 * @param id its name
	 * @param enqueued when it came
	 * @param recorded when this was written
	 * @param size the octets of its content
	 * @param inFile whether the content lies in a file of its own, not behind this
	 * @param notBefore when it was to be sent at the earliest, 0 for at once
	 * @param from the sender
	 * @param parameters those of the MAIL command
	 * @param parts what waits for each destination
	 */
	record Message(long id, long enqueued, long recorded, long size, boolean inFile, long notBefore, ReversePath from,
			Parameters parameters, List<Part> parts) implements JournalRecord {

		/** What waits for a destination. */
		Part part(String destination) throws NoRecordException {
			return this.parts.stream()
				.filter((part) -> part.destination().equals(destination))
				.findFirst()
				.orElseThrow(() -> new NoRecordException(
						"Message " + new QueueId(this.id) + " has no part for " + Printable.of(destination)));
		}

		/** Those recipients for a destination that have these numbers. */
		List<Numbered> recipients(String destination, int[] numbers) throws NoRecordException {
			Map<Integer, Numbered> known = new HashMap<>();
			part(destination).recipients().forEach((one) -> known.put(one.number(), one));
			List<Numbered> recipients = new ArrayList<>(numbers.length);
			for (int number : numbers) {
				Numbered one = known.get(number);
				if (one == null) {
					throw new NoRecordException("Message " + new QueueId(this.id) + " has no recipient " + number);
				}
				recipients.add(one);
			}
			return recipients;
		}

	}

	/**
	 * The recipients of a message that wait for one destination.
	 *
	 * @param destination the destination
	 * @param held whether they wait to be released
	 * @param attempts how often they were tried
	 * @param due when they may be claimed
	 * @param history the last of these attempts, the oldest first
	 * @param recipients who they are
	 */
	record Part(String destination, boolean held, int attempts, long due, List<Attempt> history,
			List<Numbered> recipients) {

		/** When the last attempt has ended, 0 if there was none. */
		long lastAttempt() {
			return this.history.isEmpty() ? 0 : this.history.get(this.history.size() - 1).ended().toEpochMilli();
		}

	}

	/**
	 * A recipient with the number that later records name it by.
	 *
	 * @param number its place among the recipients when the message came
	 * @param recipient the recipient
	 */
	record Numbered(int number, Recipient recipient) {
	}

	/**
	 * What has become of a claim.
	 *
	 * @param id the message
	 * @param recorded when
	 * @param destination the destination
	 * @param done recipients that are delivered or bounced
	 * @param bounced how many of them, the last ones, are bounced
	 * @param attempts how often the others were tried, this time included
	 * @param due when the others may be claimed again
	 * @param history the last of these attempts, the oldest first; only the last one if
	 * nobody is left
	 */
	record Settled(long id, long recorded, String destination, int[] done, int bounced, int attempts, long due,
			List<Attempt> history) implements JournalRecord {
	}

	/**
	 * Somebody has looked after a message.
	 *
	 * @param id the message
	 * @param recorded when
	 * @param change what was done
	 */
	record Changed(long id, long recorded, Change change) implements JournalRecord {
	}

	/** What can be done to a message; the order is that of the numbers on disk. */
	enum Change {

		HELD, RELEASED, RETRIED, DELETED

	}

	/**
	 * A destination is suspended, or resumed.
	 *
	 * @param destination the destination
	 * @param suspended whether it is
	 */
	record Suspension(String destination, boolean suspended) implements JournalRecord {
	}

}
