/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import io.mailio.spring.HandlerSignatureException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/** A method of the user's class, called on the bean or its proxy. */
final class BeanMethod {

	private final Method method;

	/** The method as the class of the last bean has it: another one behind a proxy. */
	private volatile Invocable invocable;

	/**
	 * A method.
	 * @param method the method of the target class
	 * @param beanType the class of the bean, a proxy's perhaps
	 * @throws HandlerSignatureException if it cannot be called on such beans
	 */
	BeanMethod(Method method, Class<?> beanType) {
		this.method = method;
		this.invocable = Invocable.of(method, beanType);
	}

	/**
	 * Calls the method.
	 * @throws Throwable what the method throws, as it is
	 */
	@Nullable Object invoke(Object bean, @Nullable Object... arguments) throws Throwable {
		try {
			return methodOf(bean.getClass()).invoke(bean, arguments);
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
						HandlerMethod.describe(method, method.getDeclaringClass())
								+ " cannot be called through the proxy of its bean",
						"A private method is never visible through a proxy: make it package-private or public."
								+ " A JDK proxy shows interface methods only: declare the method in an interface of the"
								+ " bean, or proxy the class (proxyTargetClass=true,"
								+ " spring.aop.proxy-target-class=true).");
			}
		}

	}

}
