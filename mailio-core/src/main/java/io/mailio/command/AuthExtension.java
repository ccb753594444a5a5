/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Set;
import java.util.stream.Collectors;

import io.mailio.auth.SaslMechanism;
import io.mailio.handler.LiveSession;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Replies;
import org.jspecify.annotations.Nullable;

/**
 * AUTH (RFC 4954): offered exactly when it can succeed, that is when a handler of
 * {@code auth} is there and passwords may travel over this connection.
 *
 * @param requireTls whether passwords may travel over TLS only
 */
record AuthExtension(boolean requireTls) implements Extension {

	private static final String ADVERTISEMENT = "AUTH "
			+ SaslMechanism.ALL.stream().map(SaslMechanism::name).collect(Collectors.joining(" "));

	@Override
	public String keyword() {
		return "AUTH";
	}

	@Override
	public @Nullable String advertisement(SmtpSession session) {
		return (isPossible(session) && !session.authenticated()) ? ADVERTISEMENT : null;
	}

	private boolean isPossible(SmtpSession session) {
		boolean decided = session instanceof LiveSession live && !live.chain("auth").isEmpty();
		return decided && (session.secure() || !this.requireTls);
	}

	/**
	 * Who submitted the message, as the client says (RFC 4954 section 5). Nobody trusts
	 * it.
	 */
	@Override
	public Set<String> mailParameters() {
		return Set.of("AUTH");
	}

	@Override
	public void check(String parameter, String value, SmtpSession session) throws Refusal {
		if (!isPossible(session)) {
			throw new Refusal(Replies.UNKNOWN_PARAMETER);
		}
		if (!value.equals("<>") && !isXtext(value)) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

	/** RFC 3461 section 4: a plus sign begins two upper-case hexadecimal digits. */
	private static boolean isXtext(String value) {
		for (int i = value.indexOf('+'); i >= 0; i = value.indexOf('+', i + 1)) {
			if (i + 2 >= value.length() || !isHex(value.charAt(i + 1)) || !isHex(value.charAt(i + 2))) {
				return false;
			}
		}
		return !value.isEmpty();
	}

	private static boolean isHex(char c) {
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
	}

}
