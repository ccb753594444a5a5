/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.RouteRequest;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;

/** Takes handlers as the server does, and lets a test call them. */
final class Registered implements HandlerRegistry {

	private final List<HandlerRegistration> registrations = new ArrayList<>();

	private final Map<String, CommandHandler> blocking = new LinkedHashMap<>();

	private final Map<String, ReactiveCommandHandler> reactive = new LinkedHashMap<>();

	private final Map<String, RouteHandler> routes = new LinkedHashMap<>();

	@Override
	public void add(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler) {
		this.registrations.add(HandlerRegistration.of(command, name, spec, handler));
		this.blocking.put(command + "/" + name, handler);
	}

	@Override
	public void addReactive(String command, String name, Consumer<HandlerSpec> spec, ReactiveCommandHandler handler) {
		this.registrations.add(HandlerRegistration.of(command, name, spec, handler));
		this.reactive.put(command + "/" + name, handler);
	}

	@Override
	public void addRoute(String name, Consumer<HandlerSpec> spec, RouteHandler handler) {
		this.registrations.add(HandlerRegistration.of("route", name, spec, handler));
		this.routes.put(name, handler);
	}

	@Override
	public void addReactiveRoute(String name, Consumer<HandlerSpec> spec, ReactiveRouteHandler handler) {
		this.registrations.add(HandlerRegistration.of("route", name, spec, handler));
		this.routes.put(name, (req) -> Objects.requireNonNull(handler.route(req).block()));
	}

	RouteDecision route(String name, RouteRequest req) throws Exception {
		return this.routes.get(name).route(req);
	}

	/** {@code command/name} of all handlers, in the order they were registered. */
	List<String> names() {
		return this.registrations.stream().map((each) -> each.command() + "/" + each.name()).toList();
	}

	/** The descriptions that logs show. */
	List<String> descriptions() {
		return this.registrations.stream().map(HandlerRegistration::toString).toList();
	}

	/** The names of the handlers of a command as the server would call them. */
	List<String> chain(String command) {
		return HandlerChains.of(this.registrations, "default", Set.of()).names().getOrDefault(command, List.of());
	}

	boolean isReactive(String name) {
		return this.reactive.containsKey(name);
	}

	Decision call(String name, SmtpRequest req, SmtpResponse res) throws Exception {
		CommandHandler handler = this.blocking.get(name);
		if (handler != null) {
			return handler.handle(req, res);
		}
		return this.reactive.get(name).handle(req, res).block();
	}

}
