/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class StrayHandlerPropertiesTests {

	private static final Map<String, List<String>> HANDLERS = Map.of("rcpt",
			List.of("core", "relay", "my-handler", "mailRoom.johnOnly"), "xfoo", List.of("bar"));

	@ParameterizedTest
	@ValueSource(strings = { "rcpt.my-handler.enabled", "rcpt.myHandler.colour", "rcpt.MY-HANDLER.zones[0]",
			"rcpt.mailRoom.johnOnly.colour", "rcpt.mail-room.john-only.a.b.c", "xfoo.bar.enabled", "rcpt.relay.enabled",
			"rcpt.dnsbl.zones[0]", "queue.spamd.host", "queue.maildir.mail-dir", "queue.maildir.mailDir",
			"queue.maildir.enabled", "queue.discard.enabled", "rcpt.mailbox.aliases[0].address",
			"rcpt.mailbox.aliases[0].to[1]", "rcpt.dnsbl.zones[0].weight", "rcpt.dnsbl.zones[1].codes[0]",
			"rcpt.mailbox.mailboxes" })
	void propertyOfAHandlerIsNotStray(String property) {
		assertThat(strayIn(property)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "MAILIO_HANDLERS_RCPT_MYHANDLER_ENABLED", "MAILIO_HANDLERS_RCPT_MY_HANDLER_ENABLED",
			"MAILIO_HANDLERS_QUEUE_MAILDIR_MAILDIR", "MAILIO_HANDLERS_QUEUE_MAILDIR_MAIL_DIR",
			"MAILIO_HANDLERS_RCPT_MAILROOM_JOHNONLY_COLOUR", "MAILIO_HANDLERS_RCPT_DNSBL_ZONES_0_WEIGHT" })
	void environmentVariableOfAHandlerIsNotStray(String variable) {
		assertThat(strayIn(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, "x"))))
			.isEmpty();
	}

	@Test
	void propertyOfAHandlerThatDoesNotExistComesWithTheNearest() {
		assertThat(strayIn("rcpt.relai.enabled")).containsExactly(
				"'mailio.handlers.rcpt.relai.enabled' (\"mailio.handlers.rcpt.relai.enabled\" from property source \"test\")"
						+ " is set, but there is no handler rcpt/relai. Did you mean rcpt/relay?");
		assertThat(strayIn("rcppt.my-handler.colour")).singleElement()
			.asString()
			.endsWith("there is no handler rcppt/my-handler. Did you mean rcpt/my-handler?");
		assertThat(strayIn("queue.maildirs.mail-dir")).singleElement()
			.asString()
			.endsWith("Did you mean queue/maildir?");
	}

	@Test
	void nothingIsProposedWhenNothingIsNear() {
		assertThat(strayIn("mail.greylist.enabled")).singleElement().asString().endsWith("no handler mail/greylist.");
	}

	@Test
	void handlerThatDoesNotExistIsToldOnceAndWithoutValues() {
		assertThat(strayIn("rcpt.my-handlr.colour", "rcpt.my-handlr.size")).singleElement()
			.asString()
			.contains("my-handlr")
			.doesNotContain("secret");
	}

	@Test
	void propertyThatABuiltInHandlerDoesNotKnowComesWithTheNearest() {
		assertThat(strayIn("queue.maildir.mail-dirr")).singleElement()
			.asString()
			.contains(
					"queue/maildir has no property 'mail-dirr', only enabled, hard-links, junk, mail-dir, sent. Did you mean mail-dir?")
			.doesNotContain("secret");
		assertThat(strayIn("rcpt.relay.enable", "queue.discard.on")).hasSize(2);
	}

	@Test
	void nestedPropertyThatABuiltInHandlerDoesNotKnowComesWithTheNearest() {
		assertThat(strayIn("rcpt.dnsbl.zones[0].wieght")).singleElement()
			.asString()
			.contains("zones of rcpt/dnsbl has no property 'wieght', only codes, name, weight. Did you mean weight?")
			.doesNotContain("secret");
		assertThat(strayIn("rcpt.mailbox.aliases[0].adress")).singleElement()
			.asString()
			.endsWith("Did you mean address?");
	}

	@Test
	void partOfTheEngineCannotBeConfigured() {
		assertThat(strayIn("rcpt.core.enabled")).singleElement().asString().contains("no handler rcpt/core");
	}

	private static Collection<String> strayIn(String... properties) {
		Map<String, Object> values = new LinkedHashMap<>();
		Arrays.stream(properties).forEach((property) -> values.put("mailio.handlers." + property, "secret"));
		return strayIn(new MapPropertySource("test", values));
	}

	private static Collection<String> strayIn(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(source);
		return new StrayHandlerProperties(HANDLERS).describe(new HandlerProperties(environment).all());
	}

}
