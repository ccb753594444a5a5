/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.mailio.handler.HandlerSpec;
import io.mailio.spring.HandlerSignatureException;
import io.mailio.spring.SmtpHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * What one {@link SmtpHandler} says, with placeholders resolved and defaults filled in.
 *
 * @param origin the class or method that carries the annotation, for messages
 * @param timeout {@code null} for the server's default
 */
record HandlerAttributes(String origin, List<String> commands, String name, List<String> before, List<String> after,
		List<String> listeners, int order, @Nullable Duration timeout, boolean blocking) {

	static HandlerAttributes of(SmtpHandler annotation, String origin, String defaultName, @Nullable Integer order,
			StringValueResolver placeholders) {
		List<String> commands = resolve(annotation.command(), placeholders).stream()
			.map((command) -> command.toLowerCase(Locale.ROOT))
			.distinct()
			.toList();
		if (commands.isEmpty()) {
			throw new HandlerSignatureException(origin + " handles no command",
					"Name at least one in @SmtpHandler(command = ...), for example \"rcpt\" or \"queue\".");
		}
		String name = resolve(annotation.name(), placeholders);
		return new HandlerAttributes(origin, commands, name.isEmpty() ? defaultName : name,
				resolve(annotation.before(), placeholders), resolve(annotation.after(), placeholders),
				resolve(annotation.listeners(), placeholders), (order != null) ? order : HandlerSpec.LAST,
				timeout(resolve(annotation.timeout(), placeholders), origin), annotation.blocking());
	}

	private static List<String> resolve(String[] texts, StringValueResolver placeholders) {
		return Arrays.stream(texts).map((text) -> resolve(text, placeholders)).filter(StringUtils::hasText).toList();
	}

	private static String resolve(String text, StringValueResolver placeholders) {
		String resolved = placeholders.resolveStringValue(text);
		return (resolved != null) ? resolved.strip() : "";
	}

	private static @Nullable Duration timeout(String text, String origin) {
		if (text.isEmpty()) {
			return null;
		}
		try {
			Duration timeout = DurationStyle.detectAndParse(text);
			if (timeout.compareTo(Duration.ZERO) > 0) {
				return timeout;
			}
		}
		catch (IllegalArgumentException ex) {
			// Said below, together with what is not longer than zero.
		}
		throw new HandlerSignatureException(origin + " has the timeout '" + text + "', which is no time to wait",
				"Write a duration longer than zero such as \"500ms\", \"30s\" or \"2m\", or leave it out.");
	}

	/**
	 * Tells the server.
	 * @param command which of the commands is meant
	 */
	void applyTo(HandlerSpec spec, String command, boolean mayRunInline) {
		spec.before(namesFor(command, this.before))
			.after(namesFor(command, this.after))
			.listeners(this.listeners.toArray(String[]::new))
			.order(this.order)
			.blocking(this.blocking || !mayRunInline)
			.description(this.origin);
		if (this.timeout != null) {
			spec.timeout(this.timeout);
		}
	}

	/**
	 * {@code rcpt/dnsbl} of a handler for {@code mail} and {@code rcpt} means nothing at
	 * {@code mail}.
	 */
	private String[] namesFor(String command, List<String> names) {
		return names.stream().filter((name) -> {
			int slash = name.indexOf('/');
			String prefix = (slash < 0) ? command : name.substring(0, slash);
			return prefix.equals(command) || !this.commands.contains(prefix);
		}).toArray(String[]::new);
	}

}
