/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Map;
import java.util.function.BiConsumer;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * What lies below {@code mailio.handlers}: per command and handler, free-form properties.
 * Names bind relaxed: {@code mail-room}, {@code mailRoom} and {@code MAILROOM} are one.
 */
final class HandlerProperties {

	private static final String PREFIX = "mailio.handlers";

	private static final Bindable<Map<String, String>> FLAT = Bindable.mapOf(String.class, String.class);

	private static final Bindable<Map<String, Map<String, String>>> BY_COMMAND = Bindable
		.of(ResolvableType.forClassWithGenerics(Map.class, ResolvableType.forClass(String.class),
				ResolvableType.forClassWithGenerics(Map.class, String.class, String.class)));

	private static final String ENABLED_SUFFIX = ".enabled";

	private static final Bindable<Boolean> ENABLED = Bindable.of(Boolean.class);

	private final Binder binder;

	HandlerProperties(Environment environment) {
		this.binder = Binder.get(environment);
	}

	/** The properties of one handler; a nested one is a name with dots. */
	Map<String, String> of(String command, String name) {
		return this.binder.bind(name(command, name), FLAT).orElseGet(Map::of);
	}

	boolean isDisabled(String command, String name) {
		return !this.binder.bind(name(command, name).append("enabled"), ENABLED).orElse(true);
	}

	/**
	 * Names the handlers that are switched off, as they are written in the properties.
	 */
	void forEachDisabled(BiConsumer<String, String> handler) {
		this.binder.bind(PREFIX, BY_COMMAND).orElseGet(Map::of).forEach((command, properties) -> {
			for (String property : properties.keySet()) {
				String name = property.endsWith(ENABLED_SUFFIX)
						? property.substring(0, property.length() - ENABLED_SUFFIX.length()) : "";
				if (!name.isEmpty() && isDisabled(command, name)) {
					handler.accept(command, name);
				}
			}
		});
	}

	private static ConfigurationPropertyName name(String command, String name) {
		return ConfigurationPropertyName.adapt(PREFIX + "." + command + "." + name, '.');
	}

}
