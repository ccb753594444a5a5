/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.RouteRequest;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.Headers;
import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import io.mailio.spring.HandlerSignatureException;
import io.mailio.spring.SmtpHandler;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** What {@code @SmtpHandler(command = "route")} can stand on. */
class RouteMethodTests {

	private final Registered registered = new Registered();

	private final RouteRequest req = mock(RouteRequest.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withInitializer((context) -> {
		RootBeanDefinition processor = new RootBeanDefinition(SmtpHandlerProcessor.class,
				() -> new SmtpHandlerProcessor(context.getBeanFactory(), () -> this.registered));
		((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("processor", processor);
	});

	@Test
	void methodsTakeArgumentsByTypeAndDecideAtOnceOrLater() {
		ReceivedMessage message = mock(ReceivedMessage.class);
		Headers headers = mock(Headers.class);
		given(this.req.from()).willReturn(ReversePath.NULL);
		given(this.req.to()).willReturn(Mailbox.of("a@b.example"));
		given(this.req.parameters()).willReturn(Parameters.NONE);
		given(this.req.queued()).willReturn(Instant.EPOCH);
		given(this.req.message()).willReturn(message);
		given(message.headers()).willReturn(headers);
		given(headers.first("Tenant")).willReturn(Optional.of("t"));
		this.runner.withBean("routes", Routes.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.registered.chain("route")).containsExactly("routes.all", "routes.later", "routes.some",
					"routes.stage", "core");
			for (String name : List.of("all", "later", "some", "stage")) {
				assertThat(this.registered.route("routes." + name, this.req)).isEqualTo(RouteDecision.host(name));
			}
		});
	}

	@Test
	void beansDecideToo() {
		this.runner.withBean("now", Now.class).withBean("soon", Soon.class).run((context) -> {
			assertThat(this.registered.chain("route")).containsExactly("now", "soon", "core");
			assertThat(this.registered.route("now", this.req)).isEqualTo(RouteDecision.host("now"));
			assertThat(this.registered.route("soon", this.req)).isEqualTo(RouteDecision.host("soon"));
		});
	}

	@Test
	void whatCannotRouteFailsAtStart() {
		shouldFail(AnswersACommand.class, "which does not say where mail goes", "RouteDecision");
		shouldFail(WantsASession.class, "io.mailio.handler.SmtpRequest", "RouteRequest, ReversePath");
		shouldFail(ForTwo.class, "is for rcpt and route", "of its own");
		shouldFail(NoRouter.class, "neither RouteHandler nor ReactiveRouteHandler", "Implement one of the two");
		shouldFail(AnswersNothing.class, "which does not say where mail goes", "RouteDecision");
	}

	private void shouldFail(Class<?> bean, String message, String advice) {
		this.runner.withBean(bean)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(HandlerSignatureException.class, (failure) -> {
					assertThat(failure).hasMessageContaining(message);
					assertThat(failure.advice()).contains(advice);
				}));
	}

	static class Routes {

		@SmtpHandler(command = "route")
		@Order(1)
		RouteDecision all(RouteRequest req, ReversePath from, Mailbox to, Parameters parameters,
				ReceivedMessage message, Headers headers) {
			assertThat(List.of(from, to, parameters, message, headers)).containsExactly(req.from(), req.to(),
					req.parameters(), req.message(), req.message().headers());
			return RouteDecision.host("all");
		}

		@SmtpHandler(command = "route")
		@Order(3)
		Mono<RouteDecision> some(Headers headers) {
			return Mono.just(RouteDecision.host(headers.first("Tenant").isPresent() ? "some" : "none"));
		}

		@SmtpHandler(command = "route")
		@Order(2)
		Mono<RouteDecision> later() {
			return Mono.just(RouteDecision.host("later"));
		}

		@SmtpHandler(command = "route", before = "core", after = "routes.some")
		CompletionStage<RouteDecision> stage(Mailbox to) {
			return CompletableFuture.completedFuture(RouteDecision.host("stage"));
		}

	}

	@SmtpHandler(command = "route")
	static class Now implements RouteHandler {

		@Override
		public RouteDecision route(RouteRequest req) {
			return RouteDecision.host("now");
		}

	}

	@SmtpHandler(command = "route")
	static class Soon implements ReactiveRouteHandler {

		@Override
		public Mono<RouteDecision> route(RouteRequest req) {
			return Mono.just(RouteDecision.host("soon"));
		}

	}

	static class AnswersACommand {

		@SmtpHandler(command = "route")
		Decision route() {
			return Decision.accept();
		}

	}

	static class AnswersNothing {

		@SmtpHandler(command = "route")
		void route() {
		}

	}

	static class WantsASession {

		@SmtpHandler(command = "route")
		RouteDecision route(SmtpRequest req, SmtpResponse res) {
			return RouteDecision.pass();
		}

	}

	static class ForTwo {

		@SmtpHandler(command = { "rcpt", "route" })
		RouteDecision route() {
			return RouteDecision.pass();
		}

	}

	@SmtpHandler(command = "route")
	static class NoRouter implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept();
		}

	}

}
