/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.mailio.ListenerSpec;
import io.mailio.SmtpServer;
import io.mailio.session.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Turns {@code mailio.listeners} into listeners of a server.
 *
 * @param properties the properties by name of the listener
 * @param keys finds the keys of a listener
 * @param binder reads the limits anew: what a listener does not say is as for all
 */
record Listeners(Map<String, ListenerProperties> properties, BiFunction<String, ListenerProperties, BundledTls> keys,
		Binder binder) {

	void configure(SmtpServer.Builder builder) {
		Limits ofAll = ServerFactory.limits(bindLimitsOfAll(new LimitsProperties()));
		Map<String, ListenerProperties> bound = withLimitsOfAll();
		this.properties.forEach((name, listener) -> {
			Limits own = ServerFactory.limits(bound.getOrDefault(name, listener).getLimits());
			requireCommonLimits(name, own, ofAll);
			builder.listener(name, (spec) -> configure(spec.limits(own), name, listener));
		});
	}

	private void configure(ListenerSpec spec, String name, ListenerProperties listener) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::getPort).to(spec::port);
		map.from(listener::getAddress).to(spec::address);
		map.from(listener::getTls).to(spec::tlsMode);
		spec.protocol(listener.getProtocol()).auth(listener.getAuth()).trustedProxies(listener.getProxyProtocol());
		this.keys.apply(name, listener).give(spec::tls);
	}

	/** Binds the listeners anew, to find them by names in any spelling. */
	private Map<String, ListenerProperties> withLimitsOfAll() {
		return this.binder
			.bind("mailio.listeners", Bindable.mapOf(String.class, ListenerProperties.class), new BindHandler() {
				@Override
				public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
						BindContext context) {
					Supplier<T> value = target.getValue();
					if (value != null && value.get() instanceof LimitsProperties limits) {
						bindLimitsOfAll(limits);
					}
					return target;
				}
			})
			.orElse(Map.of());
	}

	/** The names of limits are the same in both places. */
	private LimitsProperties bindLimitsOfAll(LimitsProperties limits) {
		this.binder.bind("mailio.limits", Bindable.ofInstance(limits));
		return limits;
	}

	private static void requireCommonLimits(String name, Limits own, Limits ofAll) {
		String prefix = "mailio.listeners." + name + ".limits.";
		requireSame(prefix, "auth-failures-per-address", own.authFailuresPerAddress(), ofAll.authFailuresPerAddress());
		requireSame(prefix, "auth-failure-window", own.authFailureWindow(), ofAll.authFailureWindow());
	}

	/** Whoever guesses could go on at the next port. */
	private static void requireSame(String prefix, String limit, Object own, Object ofAll) {
		if (!own.equals(ofAll)) {
			throw new InvalidConfigurationPropertyValueException(prefix + limit, own,
					"Failed authentications count for all listeners together: set mailio.limits." + limit);
		}
	}

	void follow(SmtpServer server) {
		this.properties
			.forEach((name, listener) -> this.keys.apply(name, listener).follow((tls) -> server.updateTls(name, tls)));
	}

}
