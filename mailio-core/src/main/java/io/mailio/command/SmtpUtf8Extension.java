/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Replies;

/**
 * SMTPUTF8 (RFC 6531): addresses and header fields may hold more than US-ASCII, if the
 * client says so at MAIL.
 */
record SmtpUtf8Extension() implements Extension {

	private static final String KEYWORD = "SMTPUTF8";

	@Override
	public String keyword() {
		return KEYWORD;
	}

	@Override
	public Set<String> mailParameters() {
		return Set.of(KEYWORD);
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		if (!value.isEmpty()) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

	/** Whether the parameters of MAIL declare an internationalised message. */
	static boolean isDeclared(Parameters parameters) {
		return !parameters.isEmpty() && parameters.has(KEYWORD);
	}

	/** Whether the argument of VRFY ends with the keyword (RFC 6531 section 3.7.4.2). */
	static boolean isDeclared(String argument) {
		String text = argument.stripTrailing();
		int from = text.length() - KEYWORD.length();
		return from > 0 && text.charAt(from - 1) == ' ' && text.regionMatches(true, from, KEYWORD, 0, KEYWORD.length());
	}

}
