/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One handler as it was registered: for which command, under which name, where in the
 * chain, and how it runs.
 */
public final class HandlerRegistration {

	/** On which thread a handler runs. */
	enum Execution {

		/** On the session's loop, at once; at {@code route} where it is asked. */
		INLINE,
		/** On the handler executor. */
		BLOCKING,
		/** Subscribed to where inline ones run. */
		REACTIVE

	}

	private static final Logger logger = LoggerFactory.getLogger(HandlerRegistration.class);

	private final String command;

	private final String name;

	private final List<String> before;

	private final List<String> after;

	private final List<String> listeners;

	private final int order;

	private final @Nullable Duration timeout;

	private final Map<String, String> config;

	private final String description;

	private final Execution execution;

	private final boolean builtIn;

	private final Object handler;

	private final @Nullable Selective selective;

	private HandlerRegistration(String command, String name, HandlerSpec spec, Execution execution, boolean builtIn,
			Object handler) {
		this.command = command;
		this.name = name;
		this.before = spec.before();
		this.after = spec.after();
		this.listeners = spec.listeners();
		this.order = spec.order();
		this.timeout = spec.timeout();
		this.config = spec.config();
		this.description = spec.description().isEmpty() ? handler.getClass().getName() : spec.description();
		this.execution = execution;
		this.builtIn = builtIn;
		this.handler = Objects.requireNonNull(handler, "handler");
		this.selective = (handler instanceof Selective some) ? some : null;
	}

	/**
	 * A handler that runs on the handler executor, or on the loop if it promises not to
	 * block.
	 * @throws HandlerConfigurationException if the command or the name cannot be one
	 */
	public static HandlerRegistration of(String command, String name, Consumer<HandlerSpec> customizer,
			CommandHandler handler) {
		requireNoRoute(command, name, "RouteHandler");
		HandlerSpec spec = spec(command, name, customizer);
		return new HandlerRegistration(command, name, spec, spec.blocking() ? Execution.BLOCKING : Execution.INLINE,
				false, handler);
	}

	/**
	 * A reactive handler.
	 * @throws HandlerConfigurationException if the command or the name cannot be one
	 */
	public static HandlerRegistration of(String command, String name, Consumer<HandlerSpec> customizer,
			ReactiveCommandHandler handler) {
		requireNoRoute(command, name, "ReactiveRouteHandler");
		return new HandlerRegistration(command, name, spec(command, name, customizer), Execution.REACTIVE, false,
				handler);
	}

	/**
	 * A handler of {@code route} that runs on the handler executor, or where it is asked
	 * if it promises not to block.
	 * @throws HandlerConfigurationException if the command is another one, the name
	 * cannot be one, or it names listeners
	 */
	public static HandlerRegistration of(String command, String name, Consumer<HandlerSpec> customizer,
			RouteHandler handler) {
		HandlerSpec spec = routeSpec(command, name, customizer);
		return new HandlerRegistration(command, name, spec, spec.blocking() ? Execution.BLOCKING : Execution.INLINE,
				false, handler);
	}

	/**
	 * A reactive handler of {@code route}.
	 * @throws HandlerConfigurationException if the command is another one, the name
	 * cannot be one, or it names listeners
	 */
	public static HandlerRegistration of(String command, String name, Consumer<HandlerSpec> customizer,
			ReactiveRouteHandler handler) {
		return new HandlerRegistration(command, name, routeSpec(command, name, customizer), Execution.REACTIVE, false,
				handler);
	}

	private static void requireNoRoute(String command, String name, String type) {
		if (command.equals(HandlerNames.ROUTE)) {
			throw new HandlerConfigurationException(
					"The handler route/" + name + " asks for a session, but mail is routed when there is none",
					"Implement " + type + ": it takes a RouteRequest and gives a RouteDecision.");
		}
	}

	private static HandlerSpec routeSpec(String command, String name, Consumer<HandlerSpec> customizer) {
		HandlerSpec spec = spec(command, name, customizer);
		if (!command.equals(HandlerNames.ROUTE)) {
			throw new HandlerConfigurationException(
					"The handler " + command + "/" + name + " gives a RouteDecision, which is no answer to " + command,
					"Name the command route, or implement CommandHandler or ReactiveCommandHandler.");
		}
		if (!spec.listeners().isEmpty()) {
			throw new HandlerConfigurationException(
					"The handler route/" + name + " is for the listener '" + spec.listeners().get(0)
							+ "', but mail is routed when it has left its listener",
					"Name no listeners for handlers of route.");
		}
		return spec;
	}

	/**
	 * A handler of ours under its anchor, which gives its place in the chain.
	 * @throws HandlerConfigurationException if the command or the name cannot be one
	 */
	public static HandlerRegistration builtIn(String command, String name, Consumer<HandlerSpec> customizer,
			CommandHandler handler) {
		HandlerSpec spec = spec(command, name, customizer);
		return new HandlerRegistration(command, name, spec, spec.blocking() ? Execution.BLOCKING : Execution.INLINE,
				true, handler);
	}

	/**
	 * A reactive handler of ours under its anchor, which gives its place in the chain.
	 * @throws HandlerConfigurationException if the command or the name cannot be one
	 */
	public static HandlerRegistration builtInReactive(String command, String name, Consumer<HandlerSpec> customizer,
			ReactiveCommandHandler handler) {
		return new HandlerRegistration(command, name, spec(command, name, customizer), Execution.REACTIVE, true,
				handler);
	}

	private static HandlerSpec spec(String command, String name, Consumer<HandlerSpec> customizer) {
		HandlerNames.requireCommand(command);
		HandlerNames.requireName(command, name);
		HandlerSpec spec = new HandlerSpec();
		customizer.accept(spec);
		return spec;
	}

	/** The command or event, in lower case. */
	public String command() {
		return this.command;
	}

	/** The name, unique for the command. */
	public String name() {
		return this.name;
	}

	/** Whether it is one of ours. */
	public boolean builtIn() {
		return this.builtIn;
	}

	/** Whether it may want to read the content of the message of a session. */
	boolean needsContent(SmtpSession session) {
		try {
			return !(this.handler instanceof ContentNeed need) || need.needsContent(session);
		}
		catch (RuntimeException | Error ex) {
			logger.error("Handler {} could not say whether it reads a message, which is kept for it", this,
					Printable.of(ex));
			return true;
		}
	}

	/** Whether it keeps no mail for the served domains. */
	boolean keepsNoMail() {
		return this.handler instanceof KeepsNoMail;
	}

	/** Whether it is asked in a session, as that is now. */
	boolean concerns(SmtpSession session) {
		return this.selective == null || this.selective.concerns(session);
	}

	/**
	 * Checks the names of listeners.
	 * @param known those that exist
	 * @throws HandlerConfigurationException if this handler names another one
	 */
	public void requireListeners(Set<String> known) {
		for (String listener : this.listeners) {
			if (!known.contains(listener)) {
				throw new HandlerConfigurationException(
						"The handler " + this + " is for the listener '" + listener + "', which does not exist",
						"The listeners are: " + String.join(", ", known) + ". Without a name the handler runs on all.");
			}
		}
	}

	/** Whether it runs on a listener; {@code null} means on any. */
	boolean runsOn(@Nullable String listener) {
		return listener == null || this.listeners.isEmpty() || this.listeners.contains(listener);
	}

	List<String> before() {
		return this.before;
	}

	List<String> after() {
		return this.after;
	}

	int order() {
		return this.order;
	}

	@Nullable Duration timeout() {
		return this.timeout;
	}

	Map<String, String> config() {
		return this.config;
	}

	String description() {
		return this.description;
	}

	Execution execution() {
		return this.execution;
	}

	CommandHandler commandHandler() {
		return (CommandHandler) this.handler;
	}

	ReactiveCommandHandler reactiveHandler() {
		return (ReactiveCommandHandler) this.handler;
	}

	RouteHandler routeHandler() {
		return (RouteHandler) this.handler;
	}

	ReactiveRouteHandler reactiveRouteHandler() {
		return (ReactiveRouteHandler) this.handler;
	}

	/** For logs and errors: {@code rcpt/my-handler (com.example.MyHandler)}. */
	@Override
	public String toString() {
		return this.command + "/" + this.name + " (" + this.description + ")";
	}

}
