/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * What lies below {@code mailio.handlers}: per command and handler, free-form properties.
 * Names bind relaxed: {@code mail-room}, {@code mailRoom} and {@code MAILROOM} are one.
 */
final class HandlerProperties {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("mailio.handlers");

	/** The place of the command in the name of a property. */
	static final int COMMAND = 2;

	/** Where the name of the handler begins, which may have dots. */
	static final int NAME = COMMAND + 1;

	private static final Bindable<Map<String, String>> FLAT = Bindable.mapOf(String.class, String.class);

	private static final Bindable<Boolean> ENABLED = Bindable.of(Boolean.class);

	private final Iterable<ConfigurationPropertySource> sources;

	private final Binder binder;

	HandlerProperties(Environment environment) {
		this.sources = ConfigurationPropertySources.get(environment);
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
	 * Names the handlers that are switched off, registered or not, as the properties
	 * spell them.
	 */
	void forEachDisabled(BiConsumer<String, String> handler) {
		for (ConfigurationProperty property : all()) {
			ConfigurationPropertyName name = property.getName();
			int last = name.getNumberOfElements() - 1;
			// A nested property of another meaning may be called enabled, too: be strict.
			if (last > NAME && name.getLastElement(Form.UNIFORM).equals("enabled")
					&& this.binder.bind(name, Bindable.of(String.class)).orElse("").equalsIgnoreCase("false")) {
				handler.accept(written(name, COMMAND, NAME), written(name, NAME, last));
			}
		}
	}

	/** Some elements of a name as they were written, with dots between. */
	static String written(ConfigurationPropertyName name, int from, int to) {
		return IntStream.range(from, to)
			.mapToObj((i) -> name.getElement(i, Form.ORIGINAL))
			.collect(Collectors.joining("."));
	}

	/** All of them, of whichever handler; a property that is set twice as it counts. */
	Collection<ConfigurationProperty> all() {
		Map<ConfigurationPropertyName, ConfigurationProperty> all = new LinkedHashMap<>();
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(PREFIX::isAncestorOf)
					.forEach((name) -> all.computeIfAbsent(name, iterable::getConfigurationProperty));
			}
		}
		return all.values();
	}

	private static ConfigurationPropertyName name(String command, String name) {
		return ConfigurationPropertyName.adapt(PREFIX + "." + command + "." + name, '.');
	}

}
