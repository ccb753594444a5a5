/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.session.Transaction;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Replies;
import org.jspecify.annotations.Nullable;

/**
 * 8BITMIME (RFC 6152): content may hold octets above 127; it is kept as it comes. The
 * parameter also takes the value of BINARYMIME (RFC 3030 section 3), which is a keyword
 * of its own.
 */
record EightBitMimeExtension() implements Extension {

	private static final String BINARY = "BINARYMIME";

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
		if (!value.equalsIgnoreCase("7BIT") && !value.equalsIgnoreCase("8BITMIME") && !value.equalsIgnoreCase(BINARY)) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

	/** Whether the message is declared to be anything but text. */
	static boolean isBinary(@Nullable Transaction transaction) {
		Parameters parameters = (transaction != null) ? transaction.envelope().parameters() : Parameters.NONE;
		return !parameters.isEmpty() && parameters.value("BODY").filter(BINARY::equalsIgnoreCase).isPresent();
	}

}
