/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.mailio.auth.SaslExchange.Challenge;
import io.mailio.auth.SaslExchange.Question;
import io.mailio.auth.SaslExchange.Step;
import io.mailio.auth.SaslExchange.Success;
import io.mailio.handler.ChainOutcome;
import io.mailio.handler.Decision;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.Subject;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;

/**
 * The challenges and responses of one AUTH command (RFC 4954 section 4), between its
 * check and its handlers. Runs on the session's loop; whoever checks credentials is asked
 * like a handler, with a handler's deadline, and fails like one.
 */
final class AuthDialogue {

	private final Conversation conversation;

	private final AuthCommand command;

	private final AuthCommand.Attempt attempt;

	private final String mechanism;

	AuthDialogue(Conversation conversation, AuthCommand command, AuthCommand.Attempt attempt, String mechanism) {
		this.conversation = conversation;
		this.command = command;
		this.attempt = attempt;
		this.mechanism = mechanism;
	}

	void start() {
		respond(this.attempt.initialResponse());
	}

	/** Others may have failed meanwhile: many may have begun before the first did. */
	private void respond(byte @Nullable [] response) {
		Reply instead = this.command.overrule(this.conversation, this.attempt);
		if (instead != null) {
			refuse(instead);
			return;
		}
		take(this.attempt.exchange().respond(response));
	}

	private void take(Step step) {
		if (step instanceof Challenge challenge) {
			challenge(challenge);
		}
		else if (step instanceof Question question) {
			ask(question);
		}
		else if (step instanceof Success success) {
			this.attempt.proved(success.user());
			this.conversation.ask(this.command, this.attempt, this.mechanism);
		}
		else {
			this.command.failed(this.conversation, this.attempt);
			refuse(Replies.AUTH_FAILED);
		}
	}

	/** A client that has failed waits before it learns even that. */
	private void challenge(Challenge challenge) {
		if (challenge.failed()) {
			this.command.failed(this.conversation, this.attempt);
		}
		this.conversation.after(this.command.delay(this.conversation, this.attempt), () -> {
			this.conversation.write("334 " + Base64.getEncoder().encodeToString(challenge.octets()));
			this.conversation.read().whenComplete(this::answered);
		});
	}

	private void answered(@Nullable String line, @Nullable Throwable failure) {
		if (line != null) {
			answered(line);
		}
		else if (failure instanceof SmtpReplyException badLine) {
			refuse(badLine.reply());
		}
		// Otherwise nobody is there any more, or the session is being closed.
	}

	private void answered(String line) {
		if (line.equals("*")) {
			refuse(Replies.AUTH_CANCELLED);
			return;
		}
		try {
			respond(AuthCommand.decode(line));
		}
		catch (Refusal ex) {
			refuse(ex.reply());
		}
	}

	private void refuse(Reply reply) {
		this.conversation.readCommand();
		this.conversation.refuse(this.command, this.attempt, reply);
	}

	private void ask(Question question) {
		AtomicReference<Step> next = new AtomicReference<>();
		this.conversation.run(chain(question, next), new SmtpCommand(this.command.name(), this.mechanism), Subject.NONE,
				this.conversation.service().limits().handlerTimeout(), (outcome) -> asked(outcome, next.get()));
	}

	private static HandlerChain chain(Question question, AtomicReference<Step> next) {
		HandlerRegistration asking = HandlerRegistration.builtIn("auth", "authenticator",
				(spec) -> spec.blocking(question.blocking()).description(question.who()), (req, res) -> {
					next.set(question.task().call());
					return Decision.accept();
				});
		return HandlerChain.of(asking);
	}

	private void asked(ChainOutcome outcome, @Nullable Step next) {
		Reply instead = this.command.overrule(this.conversation, this.attempt);
		if (instead != null) {
			refuse(instead);
		}
		else if (next != null && outcome.kind() == Decision.Kind.ACCEPT) {
			take(next);
		}
		else {
			Reply reply = Objects.requireNonNullElse(outcome.reply(), Replies.AUTH_TEMPORARY);
			if (reply.code() >= 500) {
				this.command.failed(this.conversation, this.attempt);
			}
			refuse(reply);
		}
	}

}
