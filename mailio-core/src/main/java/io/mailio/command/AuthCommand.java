/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Base64;

import io.mailio.auth.SaslExchange;
import io.mailio.auth.SaslMechanism;
import io.mailio.handler.Subject;
import io.mailio.handler.User;
import io.mailio.session.AuthMode;
import io.mailio.session.SessionState;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * AUTH (RFC 4954). The check is a dialogue; when it has brought a user and a password the
 * handlers decide. Client and log learn nothing about why it failed.
 */
final class AuthCommand implements Verb<AuthCommand.Attempt> {

	@Override
	public String name() {
		return "auth";
	}

	@Override
	public void permit(SessionState session) throws Refusal {
		if (!session.extended()) {
			throw new Refusal(Replies.HELO_FIRST);
		}
		if (session.username() != null || session.transaction() != null) {
			throw new Refusal(Replies.AUTH_NOT_NOW);
		}
	}

	@Override
	public Attempt check(Conversation conversation, String argument) throws Refusal {
		boolean possible = conversation.service().rules().auth() != AuthMode.NONE;
		if (!possible || conversation.view().chain("auth").isEmpty()) {
			throw new Refusal(Replies.NOT_IMPLEMENTED);
		}
		if (conversation.service().rules().authRequiresTls() && !conversation.view().secure()) {
			throw new Refusal(Replies.AUTH_NEEDS_TLS);
		}
		String[] words = argument.strip().split(" +", 2);
		SaslMechanism mechanism = SaslMechanism.named(words[0]).orElseThrow(() -> new Refusal(Replies.AUTH_MECHANISM));
		Attempt attempt = new Attempt(mechanism.begin());
		attempt.advance((words.length == 2) ? initialResponse(words[1]) : null);
		return attempt;
	}

	/** A single equals sign is an empty response (RFC 4954 section 4). */
	private static byte[] initialResponse(String word) throws Refusal {
		return word.equals("=") ? new byte[0] : decode(word);
	}

	private static byte[] decode(String text) throws Refusal {
		try {
			return Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			throw new Refusal(Replies.AUTH_BASE64);
		}
	}

	@Override
	public @Nullable String challenge(Attempt attempt) {
		return attempt.challenge();
	}

	@Override
	public void answer(Attempt attempt, String line) throws Refusal {
		if (line.equals("*")) {
			throw new Refusal(Replies.AUTH_CANCELLED);
		}
		attempt.advance(decode(line));
	}

	/** The mechanism; the initial response behind it is secret. */
	@Override
	public String visible(String argument) {
		return argument.strip().split(" ", 2)[0];
	}

	@Override
	public Subject subject(Attempt attempt) {
		return Subject.login(attempt.user());
	}

	@Override
	public Reply reply(Conversation conversation, Attempt attempt) {
		return Replies.AUTH_SUCCEEDED;
	}

	@Override
	public void apply(Conversation conversation, Attempt attempt) {
		conversation.authenticated(attempt.user().username());
	}

	/** AUTH at the wrong time, or of a mechanism we lack, is no failed authentication. */
	@Override
	public void refused(Conversation conversation, @Nullable Attempt attempt, Reply reply) {
		boolean tried = attempt != null || reply.equals(Replies.AUTH_FAILED);
		if (tried) {
			conversation.authenticationFailed((attempt != null) ? attempt.username() : "");
		}
	}

	/** One authentication in progress. */
	static final class Attempt {

		private final SaslExchange exchange;

		private SaslExchange.@Nullable Step step;

		Attempt(SaslExchange exchange) {
			this.exchange = exchange;
		}

		void advance(byte @Nullable [] response) throws Refusal {
			this.step = this.exchange.respond(response);
			if (this.step.challenge() == null && this.step.user() == null) {
				throw new Refusal(Replies.AUTH_FAILED);
			}
		}

		private @Nullable String challenge() {
			String text = (this.step != null) ? this.step.challenge() : null;
			return (text != null) ? "334 "
					+ Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) : null;
		}

		private User user() {
			User user = (this.step != null) ? this.step.user() : null;
			return java.util.Objects.requireNonNull(user, "the exchange is not complete");
		}

		private String username() {
			User user = (this.step != null) ? this.step.user() : null;
			return (user != null) ? user.username() : "";
		}

	}

}
