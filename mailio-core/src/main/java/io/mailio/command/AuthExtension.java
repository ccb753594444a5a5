/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailio.auth.Sasl;
import io.mailio.auth.SaslMechanism;
import io.mailio.auth.SaslOffer;
import io.mailio.handler.LiveSession;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Xtext;
import org.jspecify.annotations.Nullable;

/**
 * AUTH (RFC 4954): offered exactly when it can succeed, that is when somebody can tell
 * who the client is and it may prove that over this connection; with the mechanisms that
 * can succeed.
 *
 * @param sasl who can tell, besides handlers
 * @param requireTls whether clients may authenticate over TLS only
 */
record AuthExtension(Sasl sasl, boolean requireTls) implements Extension {

	/** What a session is offered, {@code null} if nobody can tell who its client is. */
	static @Nullable SaslOffer offer(Sasl sasl, SmtpSession session) {
		boolean handlers = session instanceof LiveSession live && !live.chain("auth").isEmpty();
		return (handlers || sasl.isPossible()) ? sasl.offer(session, handlers) : null;
	}

	@Override
	public String keyword() {
		return "AUTH";
	}

	@Override
	public @Nullable String advertisement(SmtpSession session) {
		List<SaslMechanism> mechanisms = session.authenticated() ? List.of() : mechanisms(session);
		return mechanisms.isEmpty() ? null
				: mechanisms.stream().map(SaslMechanism::toString).collect(Collectors.joining(" ", "AUTH ", ""));
	}

	private List<SaslMechanism> mechanisms(SmtpSession session) {
		SaslOffer offer = (session.secure() || !this.requireTls) ? offer(this.sasl, session) : null;
		return (offer != null) ? offer.mechanisms() : List.of();
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
		if (mechanisms(session).isEmpty()) {
			throw new Refusal(Replies.UNKNOWN_PARAMETER);
		}
		if (!value.equals("<>") && !Xtext.isWellFormed(value)) {
			throw new Refusal(Replies.PARAMETER_VALUE);
		}
	}

}
