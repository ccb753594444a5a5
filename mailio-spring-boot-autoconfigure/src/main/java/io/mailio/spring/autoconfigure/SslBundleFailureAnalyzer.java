/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Tells that Spring Boot cannot make an SSL bundle that the server uses, most often
 * because it is to watch files whose directory is not there. Bundles of others are left
 * to others.
 */
final class SslBundleFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

	private static final Pattern MESSAGE = Pattern.compile("Unable to register SSL bundle '(.*)'");

	private final Environment environment;

	SslBundleFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
		Matcher message = MESSAGE.matcher(String.valueOf(cause.getMessage()));
		if (!message.matches()) {
			return null;
		}
		String bundle = message.group(1);
		List<String> properties = propertiesThatName(bundle);
		return properties.isEmpty() ? null
				: new FailureAnalysis(
						"The SSL bundle '" + bundle + "', which '" + String.join("' and '", properties)
								+ "' names, cannot be made: " + NestedExceptionUtils.getMostSpecificCause(cause) + ".",
						BundledTls.adviceFor(bundle), cause);
	}

	private List<String> propertiesThatName(String bundle) {
		Binder binder = Binder.get(this.environment);
		SslProperties ssl = binder.bindOrCreate("mailio.ssl", SslProperties.class);
		Map<String, ListenerProperties> listeners = binder
			.bind("mailio.listeners", Bindable.mapOf(String.class, ListenerProperties.class))
			.orElseGet(Map::of);
		List<String> properties = new ArrayList<>();
		if (bundle.equals(ssl.getBundle())) {
			properties.add(BundledTls.BUNDLE);
		}
		if (bundle.equals(binder.bind(RelayFactory.BUNDLE, String.class).orElse(null))) {
			properties.add(RelayFactory.BUNDLE);
		}
		for (int i = 0; i < ssl.getServerNameBundles().size(); i++) {
			if (bundle.equals(ssl.getServerNameBundles().get(i).getBundle())) {
				properties.add(BundledTls.serverName(i) + ".bundle");
			}
		}
		listeners.forEach((name, listener) -> {
			if (bundle.equals(listener.getBundle())) {
				properties.add(BundledTls.listener(name) + ".bundle");
			}
		});
		return properties;
	}

}
