/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The chains of all commands of one listener. Immutable. */
public final class HandlerChains {

	private final Map<String, HandlerChain> chains;

	private HandlerChains(Map<String, HandlerChain> chains) {
		this.chains = chains;
	}

	/**
	 * Sorts handlers into chains.
	 * @param handlers all registered handlers
	 * @param listener the listener whose handlers are wanted, {@code null} for all
	 * @param disabled handlers that are switched off, as {@code command/name}; they are
	 * anchors all the same
	 * @return the chains
	 * @throws HandlerConfigurationException if the handlers of a command cannot be put in
	 * order
	 */
	public static HandlerChains of(Collection<HandlerRegistration> handlers, @Nullable String listener,
			Set<String> disabled) {
		Map<String, List<HandlerRegistration>> byCommand = handlers.stream()
			.collect(Collectors.groupingBy(HandlerRegistration::command, TreeMap::new, Collectors.toList()));
		Map<String, HandlerChain> chains = new LinkedHashMap<>();
		byCommand.forEach((command, some) -> chains.put(command, ChainOrder.of(command, some)
			.only((handler) -> handler.runsOn(listener) && !disabled.contains(command + "/" + handler.name()))));
		return new HandlerChains(chains);
	}

	/** The chain of a command, empty if it has none. */
	public HandlerChain chain(String command) {
		return this.chains.getOrDefault(command, HandlerChain.EMPTY);
	}

	/** Whether there is a handler, named as {@code command/name}. */
	public boolean has(String handler) {
		int slash = handler.indexOf('/');
		return chain(handler.substring(0, slash)).handlers()
			.stream()
			.anyMatch((one) -> one.name().equals(handler.substring(slash + 1)));
	}

	/** The names of the handlers by command, in the order they run. */
	public Map<String, List<String>> names() {
		Map<String, List<String>> names = new LinkedHashMap<>();
		this.chains.forEach((command, chain) -> names.put(command, chain.names(command)));
		return Collections.unmodifiableMap(names);
	}

}
