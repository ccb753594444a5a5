/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.metrics;

/**
 * Is told what happens, to count and time it. Safe for use by several threads; does not
 * block and does not fail.
 */
public interface Meters {

	/** Counts nothing. */
	Meters NONE = new Meters() {

		@Override
		public void count(MeterName name, String... tagValues) {
		}

		@Override
		public void time(MeterName name, long nanos, String... tagValues) {
		}

	};

	/**
	 * Counts one event.
	 * @param name a counter
	 * @param tagValues a value for each of its tags, in their order
	 */
	void count(MeterName name, String... tagValues);

	/**
	 * Counts one event that has taken some time.
	 * @param name a timer
	 * @param nanos how long it took, in nanoseconds
	 * @param tagValues a value for each of its tags, in their order
	 */
	void time(MeterName name, long nanos, String... tagValues);

}
