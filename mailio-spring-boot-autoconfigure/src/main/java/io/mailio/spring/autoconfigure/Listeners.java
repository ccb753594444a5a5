/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Map;
import java.util.function.BiFunction;

import io.mailio.ListenerSpec;
import io.mailio.SmtpServer;
import io.mailio.session.Limits;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Turns {@code mailio.listeners} into listeners of a server.
 *
 * @param properties the properties by name of the listener
 * @param keys finds the keys of a listener
 * @param binder reads the limits anew: what a listener does not say is as for all
 */
record Listeners(Map<String, MailioProperties.Listener> properties,
		BiFunction<String, MailioProperties.Listener, BundledTls> keys, Binder binder) {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("mailio.listeners");

	void configure(SmtpServer.Builder builder) {
		this.properties.forEach((name, listener) -> builder.listener(name, (spec) -> configure(spec, name, listener)));
	}

	private void configure(ListenerSpec spec, String name, MailioProperties.Listener listener) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::getPort).to(spec::port);
		map.from(listener::getAddress).to(spec::address);
		map.from(listener::getTls).to(spec::tlsMode);
		spec.protocol(listener.getProtocol())
			.auth(listener.getAuth())
			.trustedProxies(listener.getProxyProtocol())
			.limits(limits(name));
		this.keys.apply(name, listener).give(spec::tls);
	}

	/** The names of limits are the same in both places. */
	private Limits limits(String name) {
		Bindable<MailioProperties.Limits> limits = Bindable.ofInstance(new MailioProperties.Limits());
		this.binder.bind("mailio.limits", limits);
		ConfigurationPropertyName listener = PREFIX.append("[" + name + "]");
		this.binder.bind(listener.append("limits"), limits);
		return ServerFactory.limits(limits.getValue().get());
	}

	void follow(SmtpServer server) {
		this.properties
			.forEach((name, listener) -> this.keys.apply(name, listener).follow((tls) -> server.updateTls(name, tls)));
	}

}
