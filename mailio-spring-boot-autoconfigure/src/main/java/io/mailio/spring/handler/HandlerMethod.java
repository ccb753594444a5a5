/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.HandlerSignatureException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/**
 * One annotated method, with its arguments resolved. Checked when made; calling it looks
 * nothing up any more.
 */
final class HandlerMethod {

	private final Method method;

	private final HandlerArgument[] arguments;

	private final ReturnKind returnKind;

	/** The method as the class of the last bean has it: another one behind a proxy. */
	private volatile Invocable invocable;

	private HandlerMethod(Method method, HandlerArgument[] arguments, ReturnKind returnKind, Invocable invocable) {
		this.method = method;
		this.arguments = arguments;
		this.returnKind = returnKind;
		this.invocable = invocable;
	}

	/**
	 * Checks a method.
	 * @param method the annotated method of the target class
	 * @param targetClass the user's class
	 * @param beanType the class of the bean, a proxy's perhaps
	 * @param commands the commands that it is to handle
	 * @throws HandlerSignatureException if it cannot be called for one of them
	 */
	static HandlerMethod of(Method method, Class<?> targetClass, Class<?> beanType, List<String> commands) {
		ReturnKind returnKind = ReturnKind.of(method, targetClass);
		if (returnKind == null) {
			throw new HandlerSignatureException(
					describe(method, targetClass) + " returns " + method.getGenericReturnType().getTypeName()
							+ ", which is no answer to a command",
					"Return Decision, Mono<Decision> or CompletionStage<Decision>; or void or Mono<Void>,"
							+ " with an SmtpResponse argument to answer.");
		}
		HandlerArgument[] arguments = arguments(method, targetClass, commands);
		if (returnKind.needsResponse() && !List.of(arguments).contains(HandlerArgument.RESPONSE)) {
			throw new HandlerSignatureException(
					describe(method, targetClass) + " returns nothing and has no SmtpResponse to answer with",
					"Return a Decision, or take an SmtpResponse argument and call accept, reject or end on it.");
		}
		return new HandlerMethod(method, arguments, returnKind, Invocable.of(method, beanType));
	}

	private static HandlerArgument[] arguments(Method method, Class<?> targetClass, List<String> commands) {
		Class<?>[] types = method.getParameterTypes();
		HandlerArgument[] arguments = new HandlerArgument[types.length];
		for (int i = 0; i < types.length; i++) {
			HandlerArgument argument = HandlerArgument.ofType(types[i]);
			String wrong = problem(argument, types[i], commands);
			if (argument == null || wrong != null) {
				throw new HandlerSignatureException(describe(method, targetClass) + " cannot be called: " + wrong,
						"Available at " + String.join(" and ", commands) + ": " + HandlerArgument.typesAt(commands)
								+ ".");
			}
			arguments[i] = argument;
		}
		return arguments;
	}

	private static @Nullable String problem(@Nullable HandlerArgument argument, Class<?> type, List<String> commands) {
		if (argument == null) {
			return "nothing is known for its argument of type " + type.getName();
		}
		return commands.stream()
			.filter((command) -> !argument.isThereAt(command))
			.findFirst()
			.map((command) -> "its argument of type " + type.getSimpleName() + " is not there at '" + command
					+ "', only at " + argument.where())
			.orElse(null);
	}

	/** {@code MailRoom.store(ReceivedMessage, Envelope)}, with the package. */
	static String describe(Method method, Class<?> targetClass) {
		return targetClass.getName() + "." + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	ReturnKind returnKind() {
		return this.returnKind;
	}

	/** Whether its arguments are read from the content, which may lie in a file. */
	boolean readsContent() {
		return List.of(this.arguments).contains(HandlerArgument.HEADERS);
	}

	/**
	 * Calls the method.
	 * @throws Throwable what the method throws, as it is
	 */
	@Nullable Object invoke(Object bean, SmtpRequest req, SmtpResponse res) throws Throwable {
		@Nullable Object[] values = new Object[this.arguments.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.arguments[i].valueOf(req, res);
		}
		try {
			return methodOf(bean.getClass()).invoke(bean, values);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/** Only the first bean tells which proxy a lazy or scoped bean gets. */
	private Method methodOf(Class<?> beanType) {
		Invocable known = this.invocable;
		if (known.beanType() != beanType) {
			known = Invocable.of(this.method, beanType);
			this.invocable = known;
		}
		return known.method();
	}

	/**
	 * A method that can be called on beans of one type.
	 */
	private record Invocable(Class<?> beanType, Method method) {

		static Invocable of(Method method, Class<?> beanType) {
			try {
				Method invocable = AopUtils.selectInvocableMethod(method, beanType);
				ReflectionUtils.makeAccessible(invocable);
				return new Invocable(beanType, invocable);
			}
			catch (IllegalStateException ex) {
				throw new HandlerSignatureException(
						describe(method, method.getDeclaringClass())
								+ " cannot be called through the proxy of its bean",
						"A private method is never visible through a proxy: make it package-private or public."
								+ " A JDK proxy shows interface methods only: declare the method in an interface of the"
								+ " bean, or proxy the class (proxyTargetClass=true,"
								+ " spring.aop.proxy-target-class=true).");
			}
		}

	}

}
