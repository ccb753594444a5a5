/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import io.mailio.message.ReceivedMessage;
import io.mailio.session.Transaction;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Request and response of one handler in one run. A handler may use it from any thread; a
 * call that is closed takes no more answers.
 */
final class HandlerCall implements SmtpRequest, SmtpResponse {

	private static final VarHandle ANSWER = Fields.of(MethodHandles.lookup(), "answer", Decision.class);

	private static final VarHandle CLOSED = Fields.of(MethodHandles.lookup(), "closed", boolean.class);

	private final ChainRun run;

	private final HandlerRegistration registration;

	private volatile @Nullable Decision answer;

	private volatile boolean closed;

	HandlerCall(ChainRun run, HandlerRegistration registration) {
		this.run = run;
		this.registration = registration;
	}

	HandlerRegistration registration() {
		return this.registration;
	}

	@Nullable Decision recorded() {
		return this.answer;
	}

	/**
	 * A plain write with release: what must not be missed, a delivery that comes too
	 * late, is seen at the list that the loop takes away.
	 */
	void close() {
		CLOSED.setRelease(this, true);
	}

	boolean isClosed() {
		return this.closed;
	}

	@Override
	public SmtpCommand command() {
		return this.run.command();
	}

	@Override
	public SmtpSession session() {
		return this.run.host().view();
	}

	@Override
	public Map<String, String> config() {
		return this.registration.config();
	}

	@Override
	public User user() {
		User login = this.run.subject().user();
		return (login != null) ? login : session().user();
	}

	@Override
	public ReversePath from() {
		ReversePath asked = this.run.subject().from();
		if (asked != null) {
			return asked;
		}
		Transaction transaction = this.run.state().transaction();
		if (transaction == null) {
			throw unknown("from()", "mail, rcpt, data and queue");
		}
		return transaction.envelope().from();
	}

	@Override
	public Mailbox to() {
		Mailbox to = this.run.subject().to();
		if (to == null) {
			throw unknown("to()", "rcpt; the accepted recipients are in session().envelope()");
		}
		return to;
	}

	@Override
	public Parameters parameters() {
		Parameters parameters = this.run.subject().parameters();
		if (parameters == null) {
			throw unknown("parameters()", "mail and rcpt; the accepted ones are in session().envelope()");
		}
		return parameters;
	}

	@Override
	public ReceivedMessage message() {
		ReceivedMessage message = this.run.subject().message();
		if (message == null) {
			throw unknown("message()", "queue");
		}
		return message;
	}

	private IllegalStateException unknown(String accessor, String where) {
		return new IllegalStateException("A handler of " + command().name() + " cannot ask " + accessor
				+ ", which is known at " + where + " (handler " + this.registration + ")");
	}

	@Override
	public Decision accept() {
		return record(Decision.accept());
	}

	@Override
	public Decision accept(int code, String text) {
		return record(Decision.accept(code, text));
	}

	@Override
	public Decision accept(Reply reply) {
		return record(Decision.accept(reply));
	}

	@Override
	public Decision reject(int code, String text) {
		return record(Decision.reject(code, text));
	}

	@Override
	public Decision reject(Reply reply) {
		return record(Decision.reject(reply));
	}

	@Override
	public Decision end() {
		return record(Decision.end());
	}

	@Override
	public Decision end(int code, String text) {
		return record(Decision.end(code, text));
	}

	@Override
	public Decision end(Reply reply) {
		return record(Decision.end(reply));
	}

	private Decision record(Decision decision) {
		if (!ANSWER.compareAndSet(this, null, decision)) {
			throw new IllegalStateException("The handler " + this.registration + " has already answered");
		}
		requireOpen();
		return decision;
	}

	private void requireOpen() {
		if (this.closed) {
			throw new IllegalStateException("Too late: the handler " + this.registration
					+ " has ended or missed its deadline, or the client is gone");
		}
	}

	@Override
	public Optional<Decision> answer() {
		return Optional.ofNullable(this.answer);
	}

	@Override
	public void write(String line) {
		Reply.requireNoControls(line);
		requireOpen();
		onLoop(() -> {
			if (!this.closed) {
				this.run.host().dialogue().write(line);
			}
		}, () -> {
		});
	}

	@Override
	public String read() {
		if (this.run.host().loop().inLoop()) {
			throw new IllegalStateException("read() would block the event loop; the handler " + this.registration
					+ " runs there and must use receive()");
		}
		CompletableFuture<String> line = ask(Dialogue::read);
		try {
			return line.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CancellationException("The client is gone, or the deadline has passed");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof SmtpReplyException badLine) {
				throw badLine;
			}
			throw new CancellationException("No line came: the client is gone");
		}
		finally {
			line.cancel(false);
		}
	}

	@Override
	public Mono<String> receive() {
		return Mono.fromFuture(() -> ask(Dialogue::read));
	}

	@Override
	public Mono<Boolean> inputWithin(Duration time) {
		return Mono.fromFuture(() -> ask((dialogue) -> dialogue.inputWithin(time)));
	}

	/** Asks the client, on the loop; cancelled if the loop is no more. */
	private <T> CompletableFuture<T> ask(Function<Dialogue, CompletionStage<T>> question) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		onLoop(() -> ask(question, answer), () -> answer.cancel(false));
		return answer;
	}

	private <T> void ask(Function<Dialogue, CompletionStage<T>> question, CompletableFuture<T> answer) {
		if (this.closed || answer.isDone()) {
			answer.cancel(false);
			return;
		}
		CompletableFuture<T> asked = question.apply(this.run.host().dialogue()).toCompletableFuture();
		asked.whenComplete((value, failure) -> {
			if (failure != null) {
				answer.completeExceptionally(failure);
			}
			else {
				answer.complete(value);
			}
		});
		// A line that nobody waits for any more belongs to whoever reads next.
		answer.whenComplete((value, failure) -> {
			if (failure != null && !asked.isDone()) {
				onLoop(() -> asked.cancel(false), () -> {
				});
			}
		});
	}

	private void onLoop(Runnable task, Runnable rejected) {
		SessionLoop loop = this.run.host().loop();
		if (loop.inLoop()) {
			task.run();
			return;
		}
		try {
			loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			rejected.run();
		}
	}

	@Override
	public void set(Object value) {
		requireOpen();
		this.run.state().set(command().name(), this.registration.name(), value);
	}

	@Override
	public <T> Optional<T> get(String handler, Class<T> type) {
		int slash = handler.indexOf('/');
		if (slash < 0) {
			throw new IllegalArgumentException(
					"Name the command and the handler, for example queue/spamd, not " + handler);
		}
		Object value = get(handler.substring(0, slash)).get(handler.substring(slash + 1));
		return Optional.ofNullable(value).map(type::cast);
	}

	@Override
	public Map<String, Object> get(String command) {
		return this.run.state().values(command);
	}

	@Override
	public void stage(Delivery delivery) {
		this.run.stage(this, delivery);
	}

	@Override
	public void rejectRecipient(Mailbox recipient, Reply reply) {
		if (!reply.isNegative()) {
			throw new IllegalArgumentException(
					"A recipient is refused with a 4xx or 5xx reply, not with " + reply.code());
		}
		requireOpen();
		this.run.refuse(this, recipient, reply);
	}

	@Override
	public Logger log() {
		return LoggerFactory.getLogger("io.mailio.handler." + command().name() + "." + this.registration.name());
	}

}
