/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.message.Headers;
import io.mailio.message.ReceivedMessage;
import io.mailio.session.ClientInfo;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import io.mailio.smtp.SmtpCommand;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HandlerMethodAdapterTests {

	private static final Decision DECISION = Decision.accept(250, "done");

	private final SmtpRequest req = mock(SmtpRequest.class);

	private final SmtpResponse res = mock(SmtpResponse.class);

	private final SmtpSession session = mock(SmtpSession.class);

	private final Methods methods = new Methods();

	private HandlerBean bean;

	@BeforeEach
	void prepare() {
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		beanFactory.registerSingleton("methods", this.methods);
		this.bean = HandlerBean.of(beanFactory, "methods");
		given(this.req.session()).willReturn(this.session);
		given(this.res.answer()).willReturn(Optional.empty());
	}

	@Test
	void argumentsOfEveryCommandComeByTypeInAnyOrder() throws Exception {
		SmtpCommand command = new SmtpCommand("xfoo", "bar");
		ClientInfo client = mock(ClientInfo.class);
		given(this.req.command()).willReturn(command);
		given(this.session.client()).willReturn(client);
		blocking("everywhere", "xfoo");
		assertThat(this.methods.seen).containsExactly(client, this.res, command, this.session, this.req);
	}

	@Test
	void argumentsOfRcptComeByType() throws Exception {
		Mailbox to = Mailbox.of("to@example.com");
		ReversePath from = ReversePath.of(Mailbox.of("from@example.com"));
		Envelope envelope = Envelope.of(from);
		given(this.req.to()).willReturn(to);
		given(this.req.from()).willReturn(from);
		given(this.req.parameters()).willReturn(Parameters.NONE);
		given(this.session.envelope()).willReturn(envelope);
		blocking("rcpt", "rcpt");
		assertThat(this.methods.seen).containsExactly(to, from, Parameters.NONE, envelope);
	}

	@Test
	void argumentsOfQueueComeByType() throws Exception {
		ReceivedMessage message = mock(ReceivedMessage.class);
		Headers headers = mock(Headers.class);
		given(this.req.message()).willReturn(message);
		given(message.headers()).willReturn(headers);
		blocking("queue", "queue");
		assertThat(this.methods.seen).containsExactly(message, headers);
	}

	@Test
	void userComesAtAuth() throws Exception {
		User user = User.withPassword("john", "doe");
		given(this.req.user()).willReturn(user);
		blocking("auth", "auth");
		assertThat(this.methods.seen).containsExactly(user);
	}

	@Test
	void returnedDecisionIsTheAnswer() throws Exception {
		assertThat(blocking("value", "mail")).isSameAs(DECISION);
	}

	@Test
	void voidMethodHasAnsweredWhenItReturns() throws Exception {
		given(this.res.answer()).willReturn(Optional.of(DECISION));
		assertThat(blocking("nothing", "mail")).isSameAs(DECISION);
	}

	@Test
	void voidMethodThatHasNotAnsweredGivesNoDecision() throws Exception {
		assertThat(blocking("nothing", "mail")).isNull();
	}

	@Test
	void exceptionsComeOutAsTheyWereThrown() {
		assertThatExceptionOfType(SmtpReplyException.class).isThrownBy(() -> blocking("rejecting", "mail"))
			.satisfies((ex) -> assertThat(ex.reply().code()).isEqualTo(550));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> blocking("failing", "mail"))
			.withMessage("disk full");
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> blocking("overflowing", "mail"));
	}

	@Test
	void monoIsTheAnswer() {
		StepVerifier.create(reactive("mono", "mail")).expectNext(DECISION).verifyComplete();
	}

	@Test
	void exceptionBeforeTheMonoBecomesItsError() {
		StepVerifier.create(reactive("monoRejecting", "mail"))
			.verifyErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(SmtpReplyException.class));
	}

	@Test
	void nullInsteadOfMonoIsNoAnswer() {
		StepVerifier.create(reactive("monoNull", "mail")).verifyComplete();
	}

	@Test
	void emptyMonoHasAnsweredWhenItCompletes() {
		TestPublisher<Void> work = TestPublisher.create();
		this.methods.work = work.mono();
		StepVerifier.create(reactive("monoVoid", "mail")).then(() -> {
			given(this.res.answer()).willReturn(Optional.of(DECISION));
			work.complete();
		}).expectNext(DECISION).verifyComplete();
	}

	@Test
	void emptyMonoThatHasNotAnsweredGivesNoDecision() {
		this.methods.work = Mono.empty();
		StepVerifier.create(reactive("monoVoid", "mail")).verifyComplete();
	}

	@Test
	void stageIsTheAnswer() {
		this.methods.stage = CompletableFuture.completedFuture(DECISION);
		StepVerifier.create(reactive("stage", "mail")).expectNext(DECISION).verifyComplete();
		StepVerifier.create(reactive("future", "mail")).expectNext(DECISION).verifyComplete();
	}

	@Test
	void failedStageFailsWithItsCause() {
		this.methods.stage = CompletableFuture.supplyAsync(() -> {
			throw new CompletionException(new SmtpReplyException(new Reply(550, "no")));
		}, Runnable::run);
		StepVerifier.create(reactive("stage", "mail"))
			.verifyErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(SmtpReplyException.class));
	}

	@Test
	void stageIsCancelledWithTheSubscription() {
		CompletableFuture<Decision> stage = new CompletableFuture<>();
		this.methods.stage = stage;
		StepVerifier.create(reactive("stage", "mail")).thenCancel().verify();
		assertThat(stage).isCancelled();
	}

	@Test
	void headersAreReadAwayFromTheEventLoop() {
		ReceivedMessage message = mock(ReceivedMessage.class);
		given(this.req.message()).willReturn(message);
		given(message.headers()).willAnswer((call) -> {
			assertThat(Schedulers.isInNonBlockingThread()).isFalse();
			return mock(Headers.class);
		});
		Mono<Decision> onTheLoop = Mono.defer(() -> reactive("monoHeaders", "queue"))
			.subscribeOn(Schedulers.parallel());
		StepVerifier.create(onTheLoop).expectNext(DECISION).verifyComplete();
	}

	private Decision blocking(String name, String command) throws Exception {
		return HandlerMethodAdapter.blocking(method(name, command), this.bean).handle(this.req, this.res);
	}

	private Mono<Decision> reactive(String name, String command) {
		HandlerMethod method = method(name, command);
		assertThat(method.returnKind().isReactive()).isTrue();
		return HandlerMethodAdapter.reactive(method, this.bean).handle(this.req, this.res);
	}

	private static HandlerMethod method(String name, String command) {
		Method method = Arrays.stream(Methods.class.getDeclaredMethods())
			.filter((candidate) -> candidate.getName().equals(name))
			.findFirst()
			.orElseThrow();
		return HandlerMethod.of(method, Methods.class, Methods.class, List.of(command));
	}

	static class Methods {

		private List<Object> seen = List.of();

		private Mono<Void> work = Mono.empty();

		private CompletableFuture<Decision> stage = new CompletableFuture<>();

		Decision everywhere(ClientInfo client, SmtpResponse res, SmtpCommand command, SmtpSession session,
				SmtpRequest req) {
			this.seen = List.of(client, res, command, session, req);
			return DECISION;
		}

		Decision rcpt(Mailbox to, ReversePath from, Parameters parameters, Envelope envelope) {
			this.seen = List.of(to, from, parameters, envelope);
			return DECISION;
		}

		Decision queue(ReceivedMessage message, Headers headers) {
			this.seen = List.of(message, headers);
			return DECISION;
		}

		Decision auth(User user) {
			this.seen = List.of(user);
			return DECISION;
		}

		Decision value() {
			return DECISION;
		}

		void nothing(SmtpResponse res) {
		}

		Decision rejecting() {
			throw new SmtpReplyException(new Reply(550, "no"));
		}

		Decision failing() throws IOException {
			throw new IOException("disk full");
		}

		Decision overflowing() {
			throw new StackOverflowError();
		}

		Mono<Decision> mono() {
			return Mono.just(DECISION);
		}

		Mono<Decision> monoRejecting() {
			throw new SmtpReplyException(new Reply(550, "no"));
		}

		Mono<Decision> monoNull() {
			return null;
		}

		Mono<Void> monoVoid(SmtpResponse res) {
			return this.work;
		}

		Mono<Decision> monoHeaders(Headers headers) {
			return Mono.just(DECISION);
		}

		CompletionStage<Decision> stage() {
			return this.stage;
		}

		CompletableFuture<Decision> future() {
			return this.stage;
		}

	}

}
