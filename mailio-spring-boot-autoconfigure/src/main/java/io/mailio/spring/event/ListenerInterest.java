/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Knows which of some events any listener of a context or its parents could take; also
 * those for a super type, {@code ApplicationEvent} or {@code Object}. Works it out when
 * first asked and again when the number of listeners has changed; in between, asking
 * costs as little as counting contexts. When in doubt, somebody listens.
 *
 * @param <K> what the events are told apart by
 */
final class ListenerInterest<K> {

	private static final int UNKNOWN = -1;

	private final List<AbstractApplicationContext> contexts = new ArrayList<>();

	private final Map<K, ResolvableType> events;

	private volatile Known<K> known = new Known<>(UNKNOWN, Set.of());

	ListenerInterest(ApplicationContext context, Map<K, ResolvableType> events) {
		this.events = Map.copyOf(events);
		for (ApplicationContext next = context; next != null; next = next.getParent()) {
			if (next instanceof AbstractApplicationContext readable) {
				this.contexts.add(readable);
			}
		}
	}

	boolean isIn(K kind) {
		int count = countListeners();
		Known<K> current = this.known;
		if (current.listeners() != count) {
			current = find(count);
			this.known = current;
		}
		return current.kinds().contains(kind);
	}

	private int countListeners() {
		int count = 0;
		for (AbstractApplicationContext context : this.contexts) {
			count += context.getApplicationListeners().size();
		}
		return count;
	}

	private Known<K> find(int count) {
		try {
			Set<K> kinds = new HashSet<>();
			for (AbstractApplicationContext context : this.contexts) {
				List.copyOf(context.getApplicationListeners()).forEach((listener) -> addKinds(kinds, listener));
				addKindsOfUnmadeBeans(kinds, context.getBeanFactory());
			}
			return new Known<>(count, Set.copyOf(kinds));
		}
		catch (ConcurrentModificationException ex) {
			return new Known<>(UNKNOWN, this.events.keySet());
		}
	}

	private void addKinds(Set<K> kinds, ApplicationListener<?> listener) {
		GenericApplicationListener generic = (listener instanceof GenericApplicationListener itself) ? itself
				: new GenericApplicationListenerAdapter(listener);
		this.events.forEach((kind, event) -> {
			if (generic.supportsEventType(event)) {
				kinds.add(kind);
			}
		});
	}

	/**
	 * Lazy and scoped listeners are known to the context by name until they are made.
	 */
	private void addKindsOfUnmadeBeans(Set<K> kinds, ConfigurableListableBeanFactory beanFactory) {
		for (String name : beanFactory.getBeanNamesForType(ApplicationListener.class, true, false)) {
			if (!beanFactory.containsSingleton(name)) {
				ResolvableType wanted = wantedBy(name, beanFactory);
				this.events.forEach((kind, event) -> {
					if (wanted == null || wanted.isAssignableFrom(event)) {
						kinds.add(kind);
					}
				});
			}
		}
	}

	/** The event that a listener bean declares, {@code null} if only the bean knows. */
	private static @Nullable ResolvableType wantedBy(String name, ConfigurableListableBeanFactory beanFactory) {
		Class<?> type = beanFactory.getType(name, false);
		if (type == null || SmartApplicationListener.class.isAssignableFrom(type)) {
			return null;
		}
		ResolvableType declared = beanFactory.containsBeanDefinition(name)
				? beanFactory.getMergedBeanDefinition(name).getResolvableType() : ResolvableType.NONE;
		ResolvableType listener = declared.as(ApplicationListener.class);
		ResolvableType event = (listener != ResolvableType.NONE ? listener
				: ResolvableType.forClass(type).as(ApplicationListener.class))
			.getGeneric();
		return (event.resolve() != null) ? event : null;
	}

	/**
	 * What was found.
	 *
	 * @param listeners how many listeners there were
	 * @param kinds the kinds that somebody takes
	 */
	private record Known<K>(int listeners, Set<K> kinds) {
	}

}
