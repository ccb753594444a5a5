/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** PLAIN (RFC 4616): {@code [authzid] NUL authcid NUL passwd} in one response. */
final class PlainExchange implements SaslExchange {

	private final SaslOffer offer;

	private String username = "";

	PlainExchange(SaslOffer offer) {
		this.offer = offer;
	}

	@Override
	public Step respond(byte @Nullable [] response) {
		if (response == null) {
			return Step.challenge("");
		}
		String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
		boolean wellFormed = parts.length == 3 && (parts[0].isEmpty() || parts[0].equals(parts[1]));
		if (!wellFormed) {
			return Step.FAILED;
		}
		this.username = parts[1];
		return this.offer.password(this.username, parts[2]);
	}

	@Override
	public String username() {
		return this.username;
	}

}
