/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerPropertiesTests {

	private final Map<String, Object> values = new HashMap<>();

	@Test
	void givesAHandlersOwnProperties() {
		this.values.put("mailio.handlers.rcpt.my-handler.colour", "blue");
		this.values.put("mailio.handlers.rcpt.my-handler.size.max", "7");
		this.values.put("mailio.handlers.rcpt.my-handler.zones[0]", "a");
		this.values.put("mailio.handlers.rcpt.other.colour", "red");
		assertThat(properties().of("rcpt", "my-handler")).containsOnly(Map.entry("colour", "blue"),
				Map.entry("size.max", "7"), Map.entry("zones.0", "a"));
	}

	@Test
	void namesAreRelaxed() {
		this.values.put("mailio.handlers.auth.mail-room.john-only.colour", "blue");
		assertThat(properties().of("auth", "mailRoom.johnOnly")).containsEntry("colour", "blue");
	}

	@Test
	void environmentVariablesWork() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
					Map.of("MAILIO_HANDLERS_RCPT_FOODOMAINONLY_ENABLED", "false")));
		assertThat(new HandlerProperties(environment).isDisabled("rcpt", "fooDomainOnly")).isTrue();
	}

	@Test
	void handlerIsEnabledUnlessSwitchedOff() {
		this.values.put("mailio.handlers.rcpt.off.enabled", "false");
		assertThat(properties().isDisabled("rcpt", "off")).isTrue();
		assertThat(properties().isDisabled("rcpt", "on")).isFalse();
	}

	@Test
	void handlersThatAreSwitchedOffAreNamed() {
		this.values.put("mailio.handlers.rcpt.dnsbl.enabled", "FALSE");
		this.values.put("mailio.handlers.rcpt.dnsbl.zones[0]", "zen.example");
		this.values.put("mailio.handlers.rcpt.relay.enabled", "true");
		this.values.put("mailio.handlers.auth.mailRoom.johnOnly.enabled", "false");
		this.values.put("mailio.handlers.auth.mailRoom.tls.enabled", "sometimes");
		List<String> disabled = new ArrayList<>();
		properties().forEachDisabled((command, name) -> disabled.add(command + "/" + name));
		assertThat(disabled).containsExactlyInAnyOrder("rcpt/dnsbl", "auth/mailRoom.johnOnly");
	}

	@Test
	void placeholdersAreResolved() {
		this.values.put("mailio.handlers.rcpt.my-handler.colour", "${sky}");
		this.values.put("sky", "grey");
		assertThat(properties().of("rcpt", "my-handler")).containsEntry("colour", "grey");
	}

	@Test
	void handlerWithoutPropertiesHasNone() {
		assertThat(properties().of("rcpt", "my-handler")).isEmpty();
	}

	private HandlerProperties properties() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", this.values));
		return new HandlerProperties(environment);
	}

}
