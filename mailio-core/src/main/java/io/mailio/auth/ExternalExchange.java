/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;
import java.security.Principal;

import org.jspecify.annotations.Nullable;

/**
 * EXTERNAL (RFC 4422 appendix A): the client has shown its certificate already and says
 * whom it wants to be, or nothing.
 */
final class ExternalExchange implements SaslExchange {

	private final SaslOffer offer;

	private final Principal subject;

	private String username = "";

	ExternalExchange(SaslOffer offer, Principal subject) {
		this.offer = offer;
		this.subject = subject;
	}

	@Override
	public Step respond(byte @Nullable [] response) {
		if (response == null) {
			return Step.challenge("");
		}
		this.username = new String(response, StandardCharsets.UTF_8);
		return this.offer.certificate(this.username, this.subject);
	}

	@Override
	public String username() {
		return this.username;
	}

}
