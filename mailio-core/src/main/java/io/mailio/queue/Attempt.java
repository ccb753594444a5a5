/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An attempt to deliver that has left recipients for a later one.
 *
 * @param ended when it had ended
 * @param reply what was said to them, as one line
 */
public record Attempt(Instant ended, String reply) {

	/** Of how many attempts a queue knows: the last ones. */
	public static final int KEPT = 10;

	/** How many characters of a reply it keeps. */
	static final int MAX_REPLY = 1000;

	public Attempt {
		reply = reply.substring(0, Math.min(MAX_REPLY, reply.length()));
	}

	/** The attempts that are kept when there is one more. */
	static List<Attempt> with(List<Attempt> before, Attempt last) {
		List<Attempt> all = new ArrayList<>(before);
		all.add(last);
		return List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
	}

}
