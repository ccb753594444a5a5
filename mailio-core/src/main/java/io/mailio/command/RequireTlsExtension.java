/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;

import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Replies;
import org.jspecify.annotations.Nullable;

/**
 * REQUIRETLS (RFC 8689): the message may travel over TLS only. Offered and taken under
 * TLS (section 2), and kept on the envelope for whoever sends it on.
 */
record RequireTlsExtension() implements Extension {

	@Override
	public String keyword() {
		return "REQUIRETLS";
	}

	@Override
	public @Nullable String advertisement(SmtpSession session) {
		return session.secure() ? keyword() : null;
	}

	@Override
	public Set<String> mailParameters() {
		return Set.of(keyword());
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		if (!value.isEmpty()) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
		if (!session.secure()) {
			throw new Refusal(Replies.REQUIRETLS_NEEDS_TLS);
		}
	}

}
