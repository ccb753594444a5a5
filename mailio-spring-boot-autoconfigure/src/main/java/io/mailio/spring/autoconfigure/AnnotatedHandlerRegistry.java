/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import io.mailio.SmtpServer;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerNames;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteHandler;
import io.mailio.spring.handler.HandlerDecorator;
import io.mailio.spring.handler.HandlerRegistry;

/** Gives annotated handlers to the server, together with their own properties. */
final class AnnotatedHandlerRegistry implements HandlerRegistry {

	private final SmtpServer server;

	private final HandlerProperties properties;

	private final List<HandlerDecorator> decorators;

	AnnotatedHandlerRegistry(SmtpServer server, HandlerProperties properties, List<HandlerDecorator> decorators) {
		this.server = server;
		this.properties = properties;
		this.decorators = decorators;
	}

	@Override
	public void add(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler) {
		CommandHandler decorated = handler;
		for (HandlerDecorator decorator : this.decorators) {
			decorated = decorator.decorate(decorated);
		}
		this.server.addHandler(command, name, configured(command, name, spec), decorated);
	}

	@Override
	public void addReactive(String command, String name, Consumer<HandlerSpec> spec, ReactiveCommandHandler handler) {
		ReactiveCommandHandler decorated = handler;
		for (HandlerDecorator decorator : this.decorators) {
			decorated = decorator.decorateReactive(decorated);
		}
		this.server.addReactiveHandler(command, name, configured(command, name, spec), decorated);
	}

	/** What decorates commands belongs to their session, and here is none. */
	@Override
	public void addRoute(String name, Consumer<HandlerSpec> spec, RouteHandler handler) {
		this.server.addHandler(HandlerNames.ROUTE, name, configured(HandlerNames.ROUTE, name, spec), handler);
	}

	@Override
	public void addReactiveRoute(String name, Consumer<HandlerSpec> spec, ReactiveRouteHandler handler) {
		this.server.addReactiveHandler(HandlerNames.ROUTE, name, configured(HandlerNames.ROUTE, name, spec), handler);
	}

	private Consumer<HandlerSpec> configured(String command, String name, Consumer<HandlerSpec> spec) {
		return spec.andThen((asked) -> asked.config(this.properties.of(command, name)));
	}

}
