/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** When the sender wants to hear of a recipient (RFC 3461 section 4.1). */
public enum DsnNotify {

	/** In no case. */
	NEVER,
	/** When the message was delivered. */
	SUCCESS,
	/** When it cannot be delivered. */
	FAILURE,
	/** When that takes long. */
	DELAY;

	/**
	 * Reads the value of NOTIFY.
	 * @param value {@code NEVER}, or a list of the others, in any case
	 * @return what it names, empty if it is malformed
	 */
	public static Optional<Set<DsnNotify>> parse(String value) {
		Set<DsnNotify> found = EnumSet.noneOf(DsnNotify.class);
		for (String word : value.split(",", -1)) {
			Optional<DsnNotify> one = of(word.toUpperCase(Locale.ROOT));
			if (one.isEmpty()) {
				return Optional.empty();
			}
			found.add(one.get());
		}
		boolean contradictory = found.contains(NEVER) && !value.equalsIgnoreCase("NEVER");
		return contradictory ? Optional.empty() : Optional.of(Collections.unmodifiableSet(found));
	}

	private static Optional<DsnNotify> of(String word) {
		return switch (word) {
			case "NEVER" -> Optional.of(NEVER);
			case "SUCCESS" -> Optional.of(SUCCESS);
			case "FAILURE" -> Optional.of(FAILURE);
			case "DELAY" -> Optional.of(DELAY);
			default -> Optional.empty();
		};
	}

}
