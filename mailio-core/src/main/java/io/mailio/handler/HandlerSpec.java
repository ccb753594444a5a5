/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Where and how a handler runs; each method returns this same object. Used by one thread
 * while a handler is registered.
 */
public final class HandlerSpec {

	/**
	 * The order of a handler that does not say: after all that do, and after the built-in
	 * ones.
	 */
	public static final int LAST = Integer.MAX_VALUE;

	private final List<String> before = new ArrayList<>();

	private final List<String> after = new ArrayList<>();

	private final List<String> listeners = new ArrayList<>();

	private final Map<String, String> config = new LinkedHashMap<>();

	private int order = LAST;

	private @Nullable Duration timeout;

	private boolean blocking = true;

	private String description = "";

	/**
	 * Runs before the named handlers of the same command; {@code rcpt/dnsbl} is the same
	 * as {@code dnsbl}.
	 */
	public HandlerSpec before(String... names) {
		this.before.addAll(List.of(names));
		return this;
	}

	/** Runs after the named handlers of the same command. */
	public HandlerSpec after(String... names) {
		this.after.addAll(List.of(names));
		return this;
	}

	/**
	 * Decides among handlers that {@code before} and {@code after} leave free; lower runs
	 * first, then by name.
	 */
	public HandlerSpec order(int order) {
		this.order = order;
		return this;
	}

	/**
	 * How long the handler may take; the default is the server's handler timeout, five
	 * minutes for {@code queue}.
	 */
	public HandlerSpec timeout(Duration timeout) {
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("A handler timeout is longer than zero, not " + timeout);
		}
		this.timeout = timeout;
		return this;
	}

	/**
	 * {@code false} promises that a {@link CommandHandler} never blocks: it then runs on
	 * the event loop.
	 */
	public HandlerSpec blocking(boolean blocking) {
		this.blocking = blocking;
		return this;
	}

	/** Runs on the named listeners only; none named means all. */
	public HandlerSpec listeners(String... names) {
		this.listeners.addAll(List.of(names));
		return this;
	}

	/** What {@link SmtpRequest#config()} gives. */
	public HandlerSpec config(Map<String, String> config) {
		this.config.putAll(config);
		return this;
	}

	/** What logs and errors call the handler, for example its class and method. */
	public HandlerSpec description(String description) {
		this.description = description;
		return this;
	}

	List<String> before() {
		return List.copyOf(this.before);
	}

	List<String> after() {
		return List.copyOf(this.after);
	}

	List<String> listeners() {
		return List.copyOf(this.listeners);
	}

	Map<String, String> config() {
		return Map.copyOf(this.config);
	}

	int order() {
		return this.order;
	}

	@Nullable Duration timeout() {
		return this.timeout;
	}

	boolean blocking() {
		return this.blocking;
	}

	String description() {
		return this.description;
	}

}
