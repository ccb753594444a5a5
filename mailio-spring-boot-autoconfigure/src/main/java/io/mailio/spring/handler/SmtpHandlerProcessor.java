/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerNames;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteHandler;
import io.mailio.spring.HandlerSignatureException;
import io.mailio.spring.SmtpHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.OrderUtils;

/**
 * Finds what carries {@link SmtpHandler} when all singletons are made, by the types of
 * the beans: no bean is made for it. Then registers it with the server.
 */
public final class SmtpHandlerProcessor implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(SmtpHandlerProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Supplier<? extends @Nullable HandlerRegistry> registry;

	/**
	 * Made early, works late.
	 * @param beanFactory the beans to look at
	 * @param registry the server, {@code null} if there is none
	 */
	public SmtpHandlerProcessor(ConfigurableListableBeanFactory beanFactory,
			Supplier<? extends @Nullable HandlerRegistry> registry) {
		this.beanFactory = beanFactory;
		this.registry = registry;
	}

	/**
	 * Registers all handlers.
	 * @throws HandlerSignatureException if one cannot be called
	 */
	@Override
	public void afterSingletonsInstantiated() {
		HandlerRegistry server = this.registry.get();
		if (server == null) {
			return;
		}
		for (String name : this.beanFactory.getBeanNamesForType(Object.class)) {
			Class<?> type = ScopedProxyUtils.isScopedTarget(name) ? null : targetClass(name);
			if (type != null) {
				registerBean(server, name, type);
				registerMethods(server, name, type);
			}
		}
	}

	/** The user's class behind proxies and scopes, if it can be told. */
	private @Nullable Class<?> targetClass(String name) {
		try {
			return findTargetClass(name);
		}
		catch (RuntimeException | LinkageError ex) {
			// Spring itself gets along with such a bean, so it is not ours to complain.
			logger.debug("The class of the bean '{}' cannot be told: no handlers are looked for", name, ex);
			return null;
		}
	}

	private @Nullable Class<?> findTargetClass(String name) {
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, name);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			Class<?> target = AutoProxyUtils.determineTargetClass(this.beanFactory,
					ScopedProxyUtils.getTargetBeanName(name));
			return (target != null) ? target : type;
		}
		return type;
	}

	private void registerBean(HandlerRegistry server, String name, Class<?> type) {
		Method factoryMethod = factoryMethod(name);
		SmtpHandler annotation = (factoryMethod != null)
				? AnnotatedElementUtils.findMergedAnnotation(factoryMethod, SmtpHandler.class) : null;
		Integer order = (annotation != null) ? OrderUtils.getOrder(factoryMethod) : null;
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(type, SmtpHandler.class);
		}
		if (annotation == null) {
			return;
		}
		HandlerAttributes attributes = HandlerAttributes.of(annotation, type.getName(), name,
				(order != null) ? order : OrderUtils.getOrder(type), this.beanFactory::resolveEmbeddedValue);
		registerBean(server, attributes, HandlerBean.of(this.beanFactory, name), type);
	}

	private static void registerBean(HandlerRegistry server, HandlerAttributes attributes, HandlerBean bean,
			Class<?> type) {
		for (String command : attributes.commands()) {
			Consumer<HandlerSpec> spec = spec(attributes, command, bean);
			if (command.equals(HandlerNames.ROUTE)) {
				registerRoute(server, attributes.name(), spec, bean, type);
			}
			else if (isOne(type, command, CommandHandler.class, ReactiveCommandHandler.class)) {
				server.add(command, attributes.name(), spec,
						(req, res) -> ((CommandHandler) bean.get()).handle(req, res));
			}
			else {
				server.addReactive(command, attributes.name(), spec,
						(req, res) -> bean.reactively((target) -> ((ReactiveCommandHandler) target).handle(req, res)));
			}
		}
	}

	private static void registerRoute(HandlerRegistry server, String name, Consumer<HandlerSpec> spec, HandlerBean bean,
			Class<?> type) {
		if (isOne(type, HandlerNames.ROUTE, RouteHandler.class, ReactiveRouteHandler.class)) {
			server.addRoute(name, spec, (req) -> ((RouteHandler) bean.get()).route(req));
		}
		else {
			server.addReactiveRoute(name, spec,
					(req) -> bean.reactively((target) -> ((ReactiveRouteHandler) target).route(req)));
		}
	}

	/** Whether a bean may block; it must be one or the other. */
	private static boolean isOne(Class<?> type, String command, Class<?> blocking, Class<?> reactive) {
		boolean mayBlock = blocking.isAssignableFrom(type);
		if (!mayBlock && !reactive.isAssignableFrom(type)) {
			throw new HandlerSignatureException(
					"The bean of type " + type.getName() + " carries @SmtpHandler for " + command
							+ " and implements neither " + blocking.getSimpleName() + " nor "
							+ reactive.getSimpleName(),
					"Implement one of the two, or put @SmtpHandler on a method instead.");
		}
		return mayBlock;
	}

	/** The {@code @Bean} method of a bean, if it is made by one. */
	private @Nullable Method factoryMethod(String name) {
		if (!this.beanFactory.containsBeanDefinition(name)) {
			return null;
		}
		BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(name);
		return (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
	}

	private void registerMethods(HandlerRegistry server, String name, Class<?> type) {
		annotatedMethods(type).forEach((method, annotation) -> registerMethod(server, name, type, method, annotation));
	}

	private static Map<Method, SmtpHandler> annotatedMethods(Class<?> type) {
		if (type.getName().startsWith("org.springframework.")
				|| !AnnotationUtils.isCandidateClass(type, SmtpHandler.class)) {
			return Map.of();
		}
		try {
			return MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<@Nullable SmtpHandler>) SmtpHandlerProcessor::annotationOf);
		}
		catch (RuntimeException | LinkageError ex) {
			// A method mentions a class that is not there, as with optional dependencies.
			logger.debug("The methods of {} cannot be read: no handlers are looked for", type.getName(), ex);
			return Map.of();
		}
	}

	/** On a {@code @Bean} method the annotation is about the bean. */
	private static @Nullable SmtpHandler annotationOf(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, Bean.class) ? null
				: AnnotatedElementUtils.findMergedAnnotation(method, SmtpHandler.class);
	}

	private void registerMethod(HandlerRegistry server, String beanName, Class<?> type, Method method,
			SmtpHandler annotation) {
		Integer order = OrderUtils.getOrder(method);
		HandlerAttributes attributes = HandlerAttributes.of(annotation, HandlerMethod.describe(method, type),
				beanName + "." + method.getName(), (order != null) ? order : OrderUtils.getOrder(type),
				this.beanFactory::resolveEmbeddedValue);
		Class<?> beanType = this.beanFactory.getType(beanName);
		HandlerBean bean = HandlerBean.of(this.beanFactory, beanName);
		if (attributes.commands().contains(HandlerNames.ROUTE)) {
			registerRoute(server, attributes, bean,
					RouteMethod.of(method, type, (beanType != null) ? beanType : type, attributes.commands()));
			return;
		}
		HandlerMethod handler = HandlerMethod.of(method, type, (beanType != null) ? beanType : type,
				attributes.commands());
		for (String command : attributes.commands()) {
			Consumer<HandlerSpec> spec = spec(attributes, command, bean);
			if (handler.returnKind().isReactive()) {
				server.addReactive(command, attributes.name(), spec, HandlerMethodAdapter.reactive(handler, bean));
			}
			else {
				server.add(command, attributes.name(), spec, HandlerMethodAdapter.blocking(handler, bean));
			}
		}
	}

	private static void registerRoute(HandlerRegistry server, HandlerAttributes attributes, HandlerBean bean,
			RouteMethod method) {
		Consumer<HandlerSpec> spec = spec(attributes, HandlerNames.ROUTE, bean);
		if (method.isReactive()) {
			server.addReactiveRoute(attributes.name(), spec, method.reactive(bean));
		}
		else {
			server.addRoute(attributes.name(), spec, method.blocking(bean));
		}
	}

	private static Consumer<HandlerSpec> spec(HandlerAttributes attributes, String command, HandlerBean bean) {
		return (spec) -> attributes.applyTo(spec, command, bean.isPresent());
	}

}
