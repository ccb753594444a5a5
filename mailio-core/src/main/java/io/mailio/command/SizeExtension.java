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
 * SIZE (RFC 1870): the server says how much it takes, the client how much it will send.
 *
 * @param limit the largest message in octets
 */
record SizeExtension(long limit) implements Extension {

	/** {@code size-value = 1*20DIGIT}. */
	private static final int MAX_DIGITS = 20;

	@Override
	public String keyword() {
		return "SIZE";
	}

	@Override
	public String advertisement(SmtpSession session) {
		return "SIZE " + this.limit;
	}

	@Override
	public Set<String> mailParameters() {
		return Set.of("SIZE");
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		if (value.isEmpty() || value.length() > MAX_DIGITS || !value.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
		if (declared(value) > this.limit) {
			throw new Refusal(Replies.TOO_MUCH_MAIL_DATA);
		}
	}

	/** What the client has announced, 0 if nothing. */
	static long declared(Parameters parameters) {
		return parameters.isEmpty() ? 0 : parameters.value("SIZE").map(SizeExtension::declared).orElse(0L);
	}

	/** The number; what does not fit a {@code long} is the largest. */
	private static long declared(String digits) {
		return (digits.length() < 19) ? Long.parseLong(digits)
				: new java.math.BigInteger(digits).min(java.math.BigInteger.valueOf(Long.MAX_VALUE)).longValue();
	}

}
