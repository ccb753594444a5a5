/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a queue uses its database. Immutable.
 *
 * @param tablePrefix what the names of the tables begin with: at most 30 letters, digits
 * and underscores, the first one no digit
 * @param owner the name of this node, for those who look at the tables; not empty
 * @param lease for how long a message in flight is this node's without a word from it;
 * renewed every third of that; 3 seconds or more
 * @param pollInterval how often the node looks for what others have queued, and for what
 * has become due there; longer than zero
 */
public record JdbcQueueOptions(String tablePrefix, String owner, Duration lease, Duration pollInterval) {

	/** What the names of the tables begin with, unless configured otherwise. */
	public static final String DEFAULT_TABLE_PREFIX = "mailio_";

	/** How long a lease is, unless configured otherwise. */
	public static final Duration DEFAULT_LEASE = Duration.ofMinutes(1);

	/** How often a node looks for news, unless configured otherwise. */
	public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

	/** Leases that are shorter end while somebody collects garbage. */
	public static final Duration SHORTEST_LEASE = Duration.ofSeconds(3);

	private static final Pattern PREFIX = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,29}");

	public JdbcQueueOptions {
		if (!isTablePrefix(tablePrefix)) {
			throw new IllegalArgumentException("The names of tables begin with at most 30 letters, digits and "
					+ "underscores, the first one no digit, unlike '" + tablePrefix + "'");
		}
		if (owner.isEmpty()) {
			throw new IllegalArgumentException("A node needs a name");
		}
		if (lease.compareTo(SHORTEST_LEASE) < 0) {
			throw new IllegalArgumentException("A lease lasts " + SHORTEST_LEASE + " or longer, not " + lease);
		}
		if (pollInterval.compareTo(Duration.ZERO) <= 0) {
			throw new IllegalArgumentException("The poll interval is longer than zero, not " + pollInterval);
		}
	}

	/**
	 * The usual options.
	 * @param owner the name of this node
	 */
	public static JdbcQueueOptions of(String owner) {
		return new JdbcQueueOptions(DEFAULT_TABLE_PREFIX, owner, DEFAULT_LEASE, DEFAULT_POLL_INTERVAL);
	}

	/** Whether the names of tables may begin with it. */
	public static boolean isTablePrefix(String prefix) {
		return PREFIX.matcher(prefix).matches();
	}

}
