/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;

import io.mailio.smtp.Recipient;
import org.jspecify.annotations.Nullable;

/**
 * Where some recipients of a claim go in one attempt.
 *
 * @param destination whose limits hold, see {@link Router}; {@code null} if nobody is
 * spoken to
 * @param route how it is reached
 * @param recipients who goes there, at least one
 */
public record Leg(@Nullable String destination, Route route, List<Recipient> recipients) {

	public Leg {
		recipients = List.copyOf(recipients);
	}

}
