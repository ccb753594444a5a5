/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * LOGIN: the name in one response, which may be the initial one, the password in the
 * next.
 */
final class LoginExchange implements SaslExchange {

	private final SaslOffer offer;

	private @Nullable String username;

	LoginExchange(SaslOffer offer) {
		this.offer = offer;
	}

	@Override
	public Step respond(byte @Nullable [] response) {
		if (response == null) {
			return Step.challenge("Username:");
		}
		String text = new String(response, StandardCharsets.UTF_8);
		if (this.username == null) {
			this.username = text;
			return Step.challenge("Password:");
		}
		return this.offer.password(this.username, text);
	}

	@Override
	public String username() {
		return (this.username != null) ? this.username : "";
	}

}
