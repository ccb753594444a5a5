/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The bean behind a handler: a singleton that is there is held, any other is asked for at
 * each call, so that lazy beans stay lazy and scopes decide for themselves.
 */
final class HandlerBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final String name;

	private final @Nullable Object singleton;

	private HandlerBean(ConfigurableListableBeanFactory beanFactory, String name, @Nullable Object singleton) {
		this.beanFactory = beanFactory;
		this.name = name;
		this.singleton = singleton;
	}

	static HandlerBean of(ConfigurableListableBeanFactory beanFactory, String name) {
		boolean present = beanFactory.containsSingleton(name) && beanFactory.isSingleton(name);
		return new HandlerBean(beanFactory, name, present ? beanFactory.getBean(name) : null);
	}

	/** Whether {@link #get()} never has to make a bean, which may block. */
	boolean isPresent() {
		return this.singleton != null;
	}

	Object get() {
		return (this.singleton != null) ? this.singleton : this.beanFactory.getBean(this.name);
	}

	/**
	 * Calls the bean, away from the event loop if it has to be made first.
	 * @param call gives the decision
	 * @return the decision
	 */
	<T> Mono<T> reactively(Function<Object, Mono<T>> call) {
		return isPresent() ? call.apply(get()) : awayFromTheLoop(call);
	}

	/** Calls the bean where something may block before the call. */
	<T> Mono<T> awayFromTheLoop(Function<Object, Mono<T>> call) {
		return Mono.fromCallable(this::get).subscribeOn(Schedulers.boundedElastic()).flatMap(call);
	}

}
