/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestNameTests {

	private static final List<String> KNOWN = List.of("rcpt/dnsbl", "rcpt/relay", "queue/relay", "queue/maildir");

	@ParameterizedTest
	@CsvSource({ "rcpt/relai,rcpt/relay", "rcppt/relay,rcpt/relay", "queue/relais,queue/relay",
			"queue/mail,queue/maildir", "rcpt/dsnbl,rcpt/dnsbl" })
	void findsTheNearest(String misspelt, String meant) {
		assertThat(NearestName.of(misspelt, KNOWN)).hasValue(meant);
	}

	@Test
	void findsNothingWhenNothingIsNear() {
		assertThat(NearestName.of("mail/greylist", KNOWN)).isEmpty();
		assertThat(NearestName.of("any", List.of())).isEmpty();
	}

}
