/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;

import io.mailio.auth.AuthFailures;
import io.mailio.auth.SaslExchange;
import io.mailio.auth.SaslOffer;
import io.mailio.handler.Subject;
import io.mailio.handler.User;
import io.mailio.session.AuthMode;
import io.mailio.session.SessionState;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * AUTH (RFC 4954). After the check comes a dialogue with the client; when it has brought
 * a user the handlers decide. Client and log learn nothing about why it failed, and the
 * client waits longer with each failure.
 */
final class AuthCommand extends Verb<AuthCommand.Attempt> {

	/** The longest delay, as a multiple of the shortest. */
	private static final int MAX_DELAYS = 8;

	AuthCommand() {
		super("auth");
	}

	@Override
	boolean isOffered(Conversation conversation) {
		SmtpService service = conversation.service();
		return service.rules().auth() != AuthMode.NONE
				&& new AuthExtension(service.sasl(), service.rules().authRequiresTls())
					.advertisement(conversation.view()) != null;
	}

	@Override
	void permit(SessionState session) throws Refusal {
		if (!session.extended()) {
			throw new Refusal(Replies.EHLO_FIRST);
		}
		if (session.username() != null || session.transaction() != null) {
			throw new Refusal(Replies.AUTH_NOT_NOW);
		}
	}

	@Override
	Attempt check(Conversation conversation, String argument) throws Refusal {
		SmtpService service = conversation.service();
		SaslOffer offer = (service.rules().auth() != AuthMode.NONE)
				? AuthExtension.offer(service.sasl(), conversation.view()) : null;
		if (offer == null) {
			throw new Refusal(Replies.NOT_IMPLEMENTED);
		}
		if (service.rules().authRequiresTls() && !conversation.view().secure()) {
			throw new Refusal(Replies.AUTH_NEEDS_TLS);
		}
		if (isBlocked(conversation)) {
			throw new Refusal(Replies.AUTH_BLOCKED);
		}
		String[] words = argument.strip().split(" +", 2);
		SaslExchange exchange = offer.begin(words[0]).orElseThrow(() -> new Refusal(Replies.AUTH_MECHANISM));
		return new Attempt(words[0].toUpperCase(Locale.ROOT), exchange,
				(words.length == 2) ? initialResponse(words[1]) : null);
	}

	/** Whether too many have failed where this client comes from. */
	private static boolean isBlocked(Conversation conversation) {
		return conversation.service().sasl().failures().isBlocked(conversation.view().client().address());
	}

	/** A single equals sign is an empty response (RFC 4954 section 4). */
	private static byte[] initialResponse(String word) throws Refusal {
		return word.equals("=") ? new byte[0] : decode(word);
	}

	/** With its padding, which the JDK does not ask for (RFC 4648 section 3.2). */
	static byte[] decode(String text) throws Refusal {
		if (text.length() % 4 != 0) {
			throw new Refusal(Replies.AUTH_BASE64);
		}
		try {
			return Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			throw new Refusal(Replies.AUTH_BASE64);
		}
	}

	@Override
	boolean converse(Conversation conversation, Attempt attempt, String argument) {
		new AuthDialogue(conversation, this, attempt, visible(argument)).start();
		return true;
	}

	/** The mechanism; the initial response behind it is secret. */
	@Override
	String visible(String argument) {
		return argument.strip().split(" ", 2)[0];
	}

	@Override
	Subject subject(Attempt attempt) {
		return Subject.login(attempt.user());
	}

	/**
	 * Others may have failed while this attempt was under way: who guesses on many
	 * connections at once is not told of more than the limit. That it is over, and how,
	 * would tell as much as a reply, so the connection stays open as well.
	 */
	@Override
	@Nullable Reply overrule(Conversation conversation, Attempt attempt) {
		return (!attempt.failed && isBlocked(conversation)) ? Replies.AUTH_BLOCKED : null;
	}

	@Override
	Reply reply(Conversation conversation, Attempt attempt) {
		return Replies.AUTH_SUCCEEDED;
	}

	@Override
	void apply(Conversation conversation, Attempt attempt) {
		conversation.authenticated(attempt.user());
	}

	/**
	 * A handler that refuses for good says that the client has failed; one that fails
	 * itself, or refuses for a while, does not.
	 */
	@Override
	void refused(Conversation conversation, @Nullable Attempt attempt, Reply reply) {
		if (attempt != null && attempt.user != null && reply.code() >= 500) {
			failed(conversation, attempt);
		}
	}

	/** It is settled that the client has failed: it is counted, once. */
	void failed(Conversation conversation, Attempt attempt) {
		if (!attempt.failed) {
			attempt.failed = true;
			InetAddress client = conversation.view().client().address();
			AuthFailures failures = conversation.service().sasl().failures();
			int fromAddress = failures.add(client);
			conversation.authenticationFailed(attempt.mechanism, attempt.username());
			attempt.delays = Math.max(fromAddress, conversation.session().authFailures());
		}
	}

	/** Doubled with each failure; waited for once. */
	@Override
	Duration delay(Conversation conversation, @Nullable Attempt attempt) {
		if (attempt == null || attempt.delays == 0) {
			return Duration.ZERO;
		}
		int doubled = Math.min(attempt.delays - 1, Integer.numberOfTrailingZeros(MAX_DELAYS));
		attempt.delays = 0;
		return conversation.service().limits().authFailureDelay().multipliedBy(1L << doubled);
	}

	/** One authentication in progress. */
	static final class Attempt {

		private final String mechanism;

		private final SaslExchange exchange;

		private final byte @Nullable [] initialResponse;

		private @Nullable User user;

		private boolean failed;

		private int delays;

		Attempt(String mechanism, SaslExchange exchange, byte @Nullable [] initialResponse) {
			this.mechanism = mechanism;
			this.exchange = exchange;
			this.initialResponse = initialResponse;
		}

		SaslExchange exchange() {
			return this.exchange;
		}

		byte @Nullable [] initialResponse() {
			return this.initialResponse;
		}

		void proved(User user) {
			this.user = user;
		}

		private User user() {
			return Objects.requireNonNull(this.user, "the exchange is not complete");
		}

		private String username() {
			return (this.user != null) ? this.user.username() : this.exchange.username();
		}

	}

}
