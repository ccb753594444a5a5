/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.HandlerSignatureException;
import org.jspecify.annotations.Nullable;

/**
 * One annotated method, with its arguments resolved. Checked when made; calling it looks
 * nothing up any more.
 */
final class HandlerMethod {

	private final BeanMethod method;

	private final HandlerArgument[] arguments;

	private final ReturnKind returnKind;

	private HandlerMethod(BeanMethod method, HandlerArgument[] arguments, ReturnKind returnKind) {
		this.method = method;
		this.arguments = arguments;
		this.returnKind = returnKind;
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
		ReturnKind returnKind = ReturnKind.of(method, targetClass, Decision.class);
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
		return new HandlerMethod(new BeanMethod(method, beanType), arguments, returnKind);
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
		return this.method.invoke(bean, values);
	}

}
