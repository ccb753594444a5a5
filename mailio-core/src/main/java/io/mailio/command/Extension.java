/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import org.jspecify.annotations.Nullable;

/**
 * An ESMTP service extension (RFC 5321 section 2.2): what EHLO says about it and which
 * parameters of MAIL and RCPT it brings, in one class. An extension without parameters
 * needs its keyword only. One instance serves all sessions at once; nothing here may
 * block.
 */
public interface Extension {

	/**
	 * The EHLO keyword: letters, digits and hyphens (RFC 5321 section 4.1.1.1). Always
	 * the same.
	 */
	String keyword();

	/**
	 * The line of the EHLO response in printable US-ASCII, {@code null} if it is not
	 * offered to this session.
	 */
	default @Nullable String advertisement(SmtpSession session) {
		return keyword();
	}

	/** The parameters that it brings to MAIL, in upper case. */
	default Set<String> mailParameters() {
		return Set.of();
	}

	/** The parameters that it brings to RCPT, in upper case. */
	default Set<String> rcptParameters() {
		return Set.of();
	}

	/**
	 * Checks one of its parameters.
	 * @param parameter the keyword in upper case
	 * @param value its value, empty if it has none
	 * @param session the session
	 * @throws Refusal if the value does not do
	 */
	default void check(String parameter, String value, SmtpSession session) throws Refusal {
	}

}
