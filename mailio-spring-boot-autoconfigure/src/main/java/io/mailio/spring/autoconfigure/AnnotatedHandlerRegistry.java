/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.function.Consumer;

import io.mailio.SmtpServer;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.HandlerSpec;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.spring.handler.HandlerRegistry;

/** Gives annotated handlers to the server, together with their own properties. */
final class AnnotatedHandlerRegistry implements HandlerRegistry {

	private final SmtpServer server;

	private final HandlerProperties properties;

	AnnotatedHandlerRegistry(SmtpServer server, HandlerProperties properties) {
		this.server = server;
		this.properties = properties;
	}

	@Override
	public void add(String command, String name, Consumer<HandlerSpec> spec, CommandHandler handler) {
		this.server.addHandler(command, name, configured(command, name, spec), handler);
	}

	@Override
	public void addReactive(String command, String name, Consumer<HandlerSpec> spec, ReactiveCommandHandler handler) {
		this.server.addReactiveHandler(command, name, configured(command, name, spec), handler);
	}

	private Consumer<HandlerSpec> configured(String command, String name, Consumer<HandlerSpec> spec) {
		return spec.andThen((asked) -> asked.config(this.properties.of(command, name)));
	}

}
