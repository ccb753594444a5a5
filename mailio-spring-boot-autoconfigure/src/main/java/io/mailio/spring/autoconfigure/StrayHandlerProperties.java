/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.mailio.handler.HandlerNames;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Finds the properties below {@code mailio.handlers} that no handler reads, most likely
 * because they are misspelt: of handlers that do not exist, and of built-in ones that do
 * not know them. Spelling is as relaxed as that of properties in general.
 */
final class StrayHandlerProperties {

	/** By handler, uniform: what {@link MailioProperties.Handlers} has for it. */
	private static final Map<String, Map<String, String>> KEYS = keys();

	/** Uniform to {@code command/name} as it was registered. */
	private final Map<String, String> handlers = new TreeMap<>();

	/**
	 * Looks for properties of other handlers than these.
	 * @param handlers the handlers of the server, by command
	 */
	StrayHandlerProperties(Map<String, List<String>> handlers) {
		handlers.forEach((command, names) -> {
			names.forEach((name) -> add(command, name));
			addBuiltIn(command);
		});
		this.handlers.keySet().removeIf((name) -> name.endsWith("/" + HandlerNames.CORE));
	}

	private void addBuiltIn(String command) {
		HandlerNames.builtIn(command).forEach((name) -> add(command, name));
	}

	private void add(String command, String name) {
		this.handlers.put(uniform(command) + "/" + uniform(name), command + "/" + name);
	}

	private static Map<String, Map<String, String>> keys() {
		Map<String, Map<String, String>> keys = new TreeMap<>();
		forEachProperty(MailioProperties.Handlers.class,
				(command, commandType) -> forEachProperty(commandType, (name, type) -> forEachProperty(type,
						(key, keyType) -> keys
							.computeIfAbsent(uniform(command) + "/" + uniform(name), (handler) -> new TreeMap<>())
							.put(uniform(key), DataObjectPropertyName.toDashedForm(key)))));
		return keys;
	}

	private static void forEachProperty(Class<?> type, BiConsumer<String, Class<?>> consumer) {
		for (var property : BeanUtils.getPropertyDescriptors(type)) {
			if (!property.getName().equals("class")) {
				consumer.accept(property.getName(), Objects.requireNonNull(property.getPropertyType()));
			}
		}
	}

	/**
	 * Describes the stray ones among some properties, each handler that does not exist
	 * once. Values are not told, they may be secrets.
	 */
	Collection<String> describe(Collection<ConfigurationProperty> properties) {
		properties
			.forEach((property) -> addBuiltIn(property.getName().getElement(HandlerProperties.COMMAND, Form.DASHED)));
		Map<String, String> messages = new LinkedHashMap<>();
		properties.forEach((property) -> describe(property, messages));
		return messages.values();
	}

	private void describe(ConfigurationProperty property, Map<String, String> messages) {
		ConfigurationPropertyName name = property.getName();
		int end = name.getNumberOfElements();
		String command = name.getElement(HandlerProperties.COMMAND, Form.UNIFORM) + "/";
		// The longest first: the name of a handler may have dots.
		for (int key = end; key > HandlerProperties.NAME; key--) {
			String handler = command + uniform(name, HandlerProperties.NAME, key);
			if (this.handlers.containsKey(handler)) {
				if (!knows(KEYS.get(handler), name, key)) {
					messages.put(name.toString(),
							unknownKey(property, handler, HandlerProperties.written(name, key, end)));
				}
				return;
			}
		}
		String handler = name.getElement(HandlerProperties.COMMAND, Form.ORIGINAL) + "/" + HandlerProperties
			.written(name, HandlerProperties.NAME, Math.max(end - 1, HandlerProperties.NAME + 1));
		messages.putIfAbsent(handler, described(property) + " is set, but there is no handler " + handler + "."
				+ didYouMean(handler, this.handlers.values()));
	}

	private static boolean knows(@Nullable Map<String, String> keys, ConfigurationPropertyName name, int from) {
		// Environment variables may have put dots where the dashes of a key are.
		return keys == null || IntStream.rangeClosed(from + 1, name.getNumberOfElements())
			.anyMatch((to) -> keys.containsKey(uniform(name, from, to)));
	}

	private String unknownKey(ConfigurationProperty property, String handler, String key) {
		Collection<String> known = KEYS.get(handler).values();
		return described(property) + " is set, but " + this.handlers.get(handler) + " has no property '" + key
				+ "', only " + String.join(", ", known) + "." + didYouMean(key, known);
	}

	private static String described(ConfigurationProperty property) {
		return "'" + property.getName() + "'"
				+ ((property.getOrigin() != null) ? " (" + property.getOrigin() + ")" : "");
	}

	private static String didYouMean(String name, Collection<String> candidates) {
		return NearestName.of(name, candidates).map((nearest) -> " Did you mean " + nearest + "?").orElse("");
	}

	private static String uniform(ConfigurationPropertyName name, int from, int to) {
		return IntStream.range(from, to)
			.mapToObj((i) -> name.getElement(i, Form.UNIFORM))
			.collect(Collectors.joining());
	}

	private static String uniform(String text) {
		return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

}
