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
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.mailio.handler.HandlerNames;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/**
 * Finds the properties below {@code mailio.handlers} that no handler reads, most likely
 * because they are misspelt: of handlers that do not exist, and of built-in ones that do
 * not know them. Spelling is as relaxed as that of properties in general.
 */
final class StrayHandlerProperties {

	/** By handler, uniform: what {@link MailioProperties.Handlers} has for it. */
	private static final Map<String, Map<String, Key>> KEYS = keys();

	/**
	 * A property of a built-in handler.
	 *
	 * @param name its name, with dashes
	 * @param type what it holds
	 */
	private record Key(String name, ResolvableType type) {
	}

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

	private static Map<String, Map<String, Key>> keys() {
		Map<String, Map<String, Key>> keys = new TreeMap<>();
		PropertyNames.properties(MailioProperties.Handlers.class)
			.forEach((command, commandType) -> PropertyNames.properties(commandType.toClass())
				.forEach((name, type) -> keys.put(uniform(command) + "/" + uniform(name), keys(type))));
		return keys;
	}

	private static Map<String, Key> keys(ResolvableType type) {
		Map<String, Key> keys = new TreeMap<>();
		PropertyNames.properties(type.toClass())
			.forEach((name, keyType) -> keys.put(uniform(name), new Key(name, keyType)));
		return keys;
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
				Map<String, Key> keys = KEYS.get(handler);
				if (keys != null) {
					describe(property, this.handlers.get(handler), keys, key, messages);
				}
				return;
			}
		}
		String handler = name.getElement(HandlerProperties.COMMAND, Form.ORIGINAL) + "/" + HandlerProperties
			.written(name, HandlerProperties.NAME, Math.max(end - 1, HandlerProperties.NAME + 1));
		messages.putIfAbsent(handler, described(property) + " is set, but there is no handler " + handler + "."
				+ didYouMean(handler, this.handlers.values()));
	}

	/** A property of a built-in handler, as far down as its names are right. */
	private static void describe(ConfigurationProperty property, String where, Map<String, Key> keys, int from,
			Map<String, String> messages) {
		ConfigurationPropertyName name = property.getName();
		int end = name.getNumberOfElements();
		for (int to = from + 1; to <= end; to++) {
			// Environment variables may have put dots where the dashes of a key are.
			Key key = keys.get(uniform(name, from, to));
			if (key != null) {
				boolean isList = Collection.class.isAssignableFrom(key.type().toClass());
				ResolvableType type = isList ? key.type().asCollection().getGeneric(0) : key.type();
				int next = isList ? to + 1 : to;
				if (next < end && type.toClass().getPackage() == MailioProperties.class.getPackage()) {
					describe(property, key.name() + " of " + where, keys(type), next, messages);
				}
				return;
			}
		}
		messages.put(name.toString(), unknownKey(property, where, keys, HandlerProperties.written(name, from, end)));
	}

	private static String unknownKey(ConfigurationProperty property, String where, Map<String, Key> keys, String key) {
		List<String> known = keys.values().stream().map(Key::name).toList();
		return described(property) + " is set, but " + where + " has no property '" + key + "', only "
				+ String.join(", ", known) + "." + didYouMean(key, known);
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
