/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes a method look like a handler. What a method should have answered and has not is
 * {@code null} or empty: the chain says so to the log and 451 to the client.
 */
final class HandlerMethodAdapter {

	private HandlerMethodAdapter() {
	}

	static CommandHandler blocking(HandlerMethod method, HandlerBean bean) {
		return (method.returnKind() == ReturnKind.ANSWERED) ? (req, res) -> {
			call(method, bean.get(), req, res);
			return answerOf(res);
		} : (req, res) -> (Decision) call(method, bean.get(), req, res);
	}

	@SuppressWarnings("NullAway") // No answer: the chain knows what to do.
	private static Decision answerOf(SmtpResponse res) {
		return res.answer().orElse(null);
	}

	static ReactiveCommandHandler reactive(HandlerMethod method, HandlerBean bean) {
		return method.readsContent()
				? (req, res) -> bean.awayFromTheLoop((target) -> decisionOf(method, target, req, res))
				: (req, res) -> bean.reactively((target) -> decisionOf(method, target, req, res));
	}

	@SuppressWarnings("unchecked") // HandlerMethod has checked the return type.
	private static Mono<Decision> decisionOf(HandlerMethod method, Object bean, SmtpRequest req, SmtpResponse res) {
		Object result;
		try {
			result = call(method, bean, req, res);
		}
		catch (Exception ex) {
			return Mono.error(ex);
		}
		if (result == null) {
			return Mono.empty();
		}
		return switch (method.returnKind()) {
			case STAGE -> fromStage((CompletionStage<Decision>) result);
			case MONO_ANSWERED -> ((Mono<Void>) result).then(Mono.defer(() -> Mono.justOrEmpty(res.answer())));
			default -> (Mono<Decision>) result;
		};
	}

	static <T> Mono<T> fromStage(CompletionStage<T> stage) {
		if (stage instanceof CompletableFuture<T> future) {
			return Mono.fromFuture(future);
		}
		Mono<T> mono = Mono.fromCompletionStage(stage);
		return (stage instanceof Future<?> future) ? mono.doOnCancel(() -> future.cancel(true)) : mono;
	}

	private static @Nullable Object call(HandlerMethod method, Object bean, SmtpRequest req, SmtpResponse res)
			throws Exception {
		try {
			return method.invoke(bean, req, res);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException("A handler threw what is neither an exception nor an error", ex);
		}
	}

}
