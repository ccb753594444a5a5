/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

/**
 * What {@code queue/headers} takes.
 *
 * @param maxFields the most header fields of a message, 1 to {@value #MOST_FIELDS}
 * @param maxFieldSize the largest field in octets, with its name and all its lines; 998
 * or more
 * @param maxHops the most {@code Received} fields of a message, ours included; 1 or more.
 * {@code queue/relay} takes no more, either
 * @param removeForgedResults whether {@code Authentication-Results} that claim to be ours
 * are removed
 */
public record HeadersOptions(int maxFields, int maxFieldSize, int maxHops, boolean removeForgedResults) {

	/** As many fields as can be asked for. */
	public static final int MOST_FIELDS = 5000;

	/** A line of that many octets is always allowed (RFC 5322 section 2.1.1). */
	public static final int LEAST_FIELD_SIZE = 998;

	private static final HeadersOptions DEFAULTS = new HeadersOptions(1000, 100 * 1024, 50, true);

	public HeadersOptions {
		if (maxFields < 1 || maxFields > MOST_FIELDS) {
			throw new IllegalArgumentException(
					"The most header fields of a message are 1 to " + MOST_FIELDS + ", not " + maxFields);
		}
		if (maxFieldSize < LEAST_FIELD_SIZE) {
			throw new IllegalArgumentException(
					"A header field may have " + LEAST_FIELD_SIZE + " octets or more, not just " + maxFieldSize);
		}
		if (maxHops < 1) {
			throw new IllegalArgumentException("A message has at least one hop, not " + maxHops);
		}
	}

	/**
	 * 1000 fields of up to 100 KiB, 50 hops; what is forged is removed.
	 * @return the default options
	 */
	public static HeadersOptions defaults() {
		return DEFAULTS;
	}

}
