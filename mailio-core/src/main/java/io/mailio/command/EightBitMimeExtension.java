/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Replies;

/** 8BITMIME (RFC 6152): content may hold octets above 127; it is kept as it comes. */
record EightBitMimeExtension() implements Extension {

	@Override
	public String keyword() {
		return "8BITMIME";
	}

	@Override
	public Set<String> mailParameters() {
		return Set.of("BODY");
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		if (!value.equalsIgnoreCase("7BIT") && !value.equalsIgnoreCase("8BITMIME")) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

}
