/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody may have meant who misspelt a name. */
final class NearestName {

	private NearestName() {
	}

	/**
	 * Looks for the candidate most like a name.
	 * @return the nearest, empty if none is near enough
	 */
	static Optional<String> of(String name, Collection<String> candidates) {
		int most = Math.max(2, name.length() / 3);
		return candidates.stream()
			.filter((candidate) -> distance(name, candidate) <= most)
			.min(Comparator.comparingInt((candidate) -> distance(name, candidate)));
	}

	/** How many letters have to be added, removed or replaced. */
	private static int distance(String a, String b) {
		int[] row = new int[b.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[b.length()];
	}

}
