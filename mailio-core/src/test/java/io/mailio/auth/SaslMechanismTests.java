/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;

import io.mailio.auth.SaslExchange.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SaslMechanismTests {

	private static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void mechanismsAreFoundInAnyCase() {
		assertThat(SaslMechanism.named("plain")).contains(SaslMechanism.PLAIN);
		assertThat(SaslMechanism.named("LoGiN")).contains(SaslMechanism.LOGIN);
		assertThat(SaslMechanism.named("")).isEmpty();
		assertThat(SaslMechanism.named("CRAM-MD5")).isEmpty();
	}

	@Test
	void plainTakesItsOnlyResponseAtOnceOrAfterAnEmptyChallenge() {
		SaslExchange exchange = SaslMechanism.PLAIN.begin();
		assertThat(exchange.respond(null).challenge()).isEmpty();
		Step step = exchange.respond(octets("\0jöhn\0päss word"));
		assertThat(step.user().username()).isEqualTo("jöhn");
		assertThat(step.user().password()).isEqualTo("päss word");
		assertThat(step.user()).hasToString("jöhn");
	}

	@Test
	void plainLetsNobodyActForSomebodyElse() {
		assertThat(SaslMechanism.PLAIN.begin().respond(octets("john\0john\0doe")).user()).isNotNull();
		assertThat(SaslMechanism.PLAIN.begin().respond(octets("root\0john\0doe"))).isEqualTo(Step.MALFORMED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "john", "\0john", "\0\0doe", "\0john\0doe\0", "\0jo\nhn\0doe", "\0jo\u0085hn\0doe" })
	void plainRefusesWhatIsMalformed(String response) {
		assertThat(SaslMechanism.PLAIN.begin().respond(octets(response))).isEqualTo(Step.MALFORMED);
	}

	@Test
	void loginAsksForNameAndPassword() {
		SaslExchange exchange = SaslMechanism.LOGIN.begin();
		assertThat(exchange.respond(null).challenge()).isEqualTo("Username:");
		assertThat(exchange.respond(octets("john")).challenge()).isEqualTo("Password:");
		assertThat(exchange.respond(octets("doe")).user().password()).isEqualTo("doe");
	}

	@Test
	void loginTakesTheNameAsInitialResponseAndRefusesAnEmptyOne() {
		SaslExchange exchange = SaslMechanism.LOGIN.begin();
		assertThat(exchange.respond(octets("")).challenge()).isEqualTo("Password:");
		assertThat(exchange.respond(octets("doe"))).isEqualTo(Step.MALFORMED);
	}

}
