/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.DsnNotify;
import io.mailio.smtp.DsnReturn;
import io.mailio.smtp.OriginalRecipient;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Xtext;

/**
 * DSN (RFC 3461): when and how the sender wants to be notified. Checked here and kept on
 * the envelope; whoever delivers obeys.
 */
record DsnExtension() implements Extension {

	/** Section 4.4. */
	private static final int MAX_ENVID = 100;

	@Override
	public String keyword() {
		return "DSN";
	}

	@Override
	public Set<String> mailParameters() {
		return Set.of("RET", "ENVID");
	}

	@Override
	public Set<String> rcptParameters() {
		return Set.of("NOTIFY", "ORCPT");
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		boolean right = switch (parameter) {
			case "RET" -> DsnReturn.parse(value).isPresent();
			case "ENVID" -> value.length() <= MAX_ENVID && Xtext.decode(value).isPresent();
			case "NOTIFY" -> DsnNotify.parse(value).isPresent();
			default -> OriginalRecipient.parse(value).isPresent();
		};
		if (!right) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

}
