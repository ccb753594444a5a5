/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.HandlerNames;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.RouteRequest;
import io.mailio.spring.HandlerSignatureException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One method that is annotated for {@code route}. Checked when made. */
final class RouteMethod {

	private final BeanMethod method;

	private final RouteArgument[] arguments;

	private final ReturnKind returnKind;

	private RouteMethod(BeanMethod method, RouteArgument[] arguments, ReturnKind returnKind) {
		this.method = method;
		this.arguments = arguments;
		this.returnKind = returnKind;
	}

	/**
	 * Checks a method.
	 * @param method the annotated method of the target class
	 * @param targetClass the user's class
	 * @param beanType the class of the bean, a proxy's perhaps
	 * @param commands all commands that it is annotated for
	 * @throws HandlerSignatureException if it cannot be called for {@code route}
	 */
	static RouteMethod of(Method method, Class<?> targetClass, Class<?> beanType, List<String> commands) {
		if (commands.size() > 1) {
			throw new HandlerSignatureException(
					HandlerMethod.describe(method, targetClass) + " is for " + String.join(" and ", commands)
							+ ", but what routes mail answers no command",
					"Write a method of its own for " + HandlerNames.ROUTE + ".");
		}
		ReturnKind returnKind = ReturnKind.of(method, targetClass, RouteDecision.class);
		if (returnKind == null || returnKind.needsResponse()) {
			throw new HandlerSignatureException(
					HandlerMethod.describe(method, targetClass) + " returns "
							+ method.getGenericReturnType().getTypeName() + ", which does not say where mail goes",
					"Return RouteDecision, Mono<RouteDecision> or CompletionStage<RouteDecision>.");
		}
		Class<?>[] types = method.getParameterTypes();
		RouteArgument[] arguments = new RouteArgument[types.length];
		for (int i = 0; i < types.length; i++) {
			RouteArgument argument = RouteArgument.ofType(types[i]);
			if (argument == null) {
				throw new HandlerSignatureException(
						HandlerMethod.describe(method, targetClass) + " cannot be called: at route there is no "
								+ types[i].getName() + ", since the session has ended",
						"Available at route: " + RouteArgument.types() + ".");
			}
			arguments[i] = argument;
		}
		return new RouteMethod(new BeanMethod(method, beanType), arguments, returnKind);
	}

	boolean isReactive() {
		return this.returnKind.isReactive();
	}

	RouteHandler blocking(HandlerBean bean) {
		return (req) -> (RouteDecision) call(bean.get(), req);
	}

	ReactiveRouteHandler reactive(HandlerBean bean) {
		boolean readsContent = List.of(this.arguments).contains(RouteArgument.HEADERS);
		return readsContent ? (req) -> bean.awayFromTheLoop((target) -> decisionOf(target, req))
				: (req) -> bean.reactively((target) -> decisionOf(target, req));
	}

	@SuppressWarnings("unchecked") // The return type was checked.
	private Mono<RouteDecision> decisionOf(Object bean, RouteRequest req) {
		Object result;
		try {
			result = call(bean, req);
		}
		catch (Exception ex) {
			return Mono.error(ex);
		}
		if (result == null) {
			return Mono.empty();
		}
		return (this.returnKind == ReturnKind.STAGE)
				? HandlerMethodAdapter.fromStage((CompletionStage<RouteDecision>) result)
				: (Mono<RouteDecision>) result;
	}

	private @Nullable Object call(Object bean, RouteRequest req) throws Exception {
		@Nullable Object[] values = new Object[this.arguments.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.arguments[i].valueOf(req);
		}
		try {
			return this.method.invoke(bean, values);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException("A handler threw what is neither an exception nor an error", ex);
		}
	}

}
