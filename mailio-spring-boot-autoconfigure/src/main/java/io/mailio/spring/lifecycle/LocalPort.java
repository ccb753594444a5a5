/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.util.HashMap;
import java.util.Map;

import io.mailio.SmtpServer;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Publishes the port of the started server as {@code local.mailio.port}, and that of each
 * listener as {@code local.mailio.<name>.port}.
 */
public final class LocalPort implements SmtpServerStart {

	static final String PROPERTY = "local.mailio.port";

	private static final String SOURCE = "mailioPorts";

	private final ConfigurableEnvironment environment;

	/**
	 * Publishes into an environment.
	 * @param environment the environment
	 */
	public LocalPort(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void started(SmtpServer server) {
		MutablePropertySources sources = this.environment.getPropertySources();
		Map<String, Object> ports = new HashMap<>();
		ports.put(PROPERTY, server.port());
		server.listeners().forEach((name) -> ports.put("local.mailio." + name + ".port", server.port(name)));
		MapPropertySource source = new MapPropertySource(SOURCE, ports);
		if (sources.contains(SOURCE)) {
			sources.replace(SOURCE, source);
		}
		else {
			sources.addFirst(source);
		}
	}

}
