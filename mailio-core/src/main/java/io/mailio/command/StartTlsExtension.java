/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.handler.SmtpSession;
import org.jspecify.annotations.Nullable;

/** STARTTLS (RFC 3207): offered until it has been used. */
record StartTlsExtension() implements Extension {

	@Override
	public String keyword() {
		return "STARTTLS";
	}

	@Override
	public @Nullable String advertisement(SmtpSession session) {
		return session.secure() ? null : keyword();
	}

}
