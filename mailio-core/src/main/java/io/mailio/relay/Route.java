/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;

import io.mailio.smtp.Reply;

/** How a destination is reached. */
public sealed interface Route {

	/**
	 * Hosts to try, one after the other.
	 *
	 * @param hops at least one
	 */
	record Hops(List<NextHop> hops) implements Route {

		public Hops {
			hops = List.copyOf(hops);
			if (hops.isEmpty()) {
				throw new IllegalArgumentException("A route has at least one hop");
			}
		}

	}

	/**
	 * The mailboxes are here.
	 *
	 * @param delivery who puts mail into them
	 */
	record Local(LocalDelivery delivery) implements Route {
	}

	/**
	 * There is no way and there will be none: the mail is to be returned.
	 *
	 * @param reply why, 5xx
	 */
	record Unroutable(Reply reply) implements Route {
	}

	/**
	 * The way cannot be found at present: the mail is to wait.
	 *
	 * @param reply why, 4xx
	 */
	record Unavailable(Reply reply) implements Route {
	}

}
