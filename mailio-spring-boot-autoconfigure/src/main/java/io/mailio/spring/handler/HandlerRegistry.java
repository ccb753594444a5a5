/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.function.Consumer;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.ReactiveRouteHandler;
import io.mailio.handler.RouteHandler;

/** Where found handlers go: the server. */
public interface HandlerRegistry {

	/** Takes a handler that may block. */
	void add(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler);

	/** Takes a handler that does not block. */
	void addReactive(String command, String name, Consumer<HandlerSpec> spec, ReactiveCommandHandler handler);

	/** Takes a handler of {@code route} that may block. */
	void addRoute(String name, Consumer<HandlerSpec> spec, RouteHandler handler);

	/** Takes a handler of {@code route} that does not block. */
	void addReactiveRoute(String name, Consumer<HandlerSpec> spec, ReactiveRouteHandler handler);

}
