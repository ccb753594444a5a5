/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.mailio.SmtpServer;
import io.mailio.plugin.OnError;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.queue.SpamdOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** The properties of queue/headers and queue/spamd. */
class QueueHandlerPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.relay.enabled=false",
				"mailio.handlers.queue.maildir.enabled=false", "mailio.handlers.queue.discard.enabled=true");

	@Test
	void theDefaultsAreThoseOfTheHandlers() {
		assertThat(new HeadersProperties().options()).isEqualTo(HeadersOptions.defaults());
		assertThat(new SpamdProperties().options()).isEqualTo(SpamdOptions.defaults());
	}

	@ParameterizedTest
	@CsvSource({ "x=y, headers discard", "spamd.host=127.0.0.1, headers spamd discard",
			"spamd.enabled=true, headers spamd discard", "headers.enabled=false, discard" })
	void headersIsOnAndSpamdWithAHost(String property, String chain) {
		this.runner.withPropertyValues("mailio.handlers.queue." + property)
			.run((context) -> assertThat(context.getBean(SmtpServer.class).handlers().get("queue"))
				.containsExactly(("core " + chain).split(" ")));
	}

	@Test
	void spamdWithAHostCanBeSwitchedOff() {
		this.runner
			.withPropertyValues("mailio.handlers.queue.spamd.host=127.0.0.1",
					"mailio.handlers.queue.spamd.enabled=false")
			.run((context) -> assertThat(context.getBean(SmtpServer.class).handlers().get("queue"))
				.isEqualTo(List.of("core", "headers", "discard")));
	}

	@Test
	void everyPropertyIsBound() {
		this.runner
			.withPropertyValues("mailio.handlers.queue.headers.max-fields=1",
					"mailio.handlers.queue.headers.max-field-size=2KB", "mailio.handlers.queue.headers.max-hops=3",
					"mailio.handlers.queue.headers.remove-forged-results=false",
					"mailio.handlers.queue.spamd.host=localhost", "mailio.handlers.queue.spamd.port=4",
					"mailio.handlers.queue.spamd.base-score=5.5", "mailio.handlers.queue.spamd.max-size=6B",
					"mailio.handlers.queue.spamd.timeout=7s", "mailio.handlers.queue.spamd.max-connections=8",
					"mailio.handlers.queue.spamd.user=nine", "mailio.handlers.queue.spamd.add-headers=true",
					"mailio.handlers.queue.spamd.on-error=tempfail")
			.run((context) -> {
				MailioProperties.Queue queue = context.getBean(MailioProperties.class).getHandlers().getQueue();
				assertThat(queue.getHeaders().options()).isEqualTo(new HeadersOptions(1, 2048, 3, false));
				assertThat(queue.getSpamd().options()).isEqualTo(new SpamdOptions("localhost", 4, 5.5, 6,
						Duration.ofSeconds(7), 8, "nine", true, OnError.TEMPFAIL));
			});
	}

}
