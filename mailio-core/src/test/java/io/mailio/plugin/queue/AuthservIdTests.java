/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.Set;

import io.mailio.session.ServerInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AuthservIdTests {

	private static final ServerInfo SERVER = new ServerInfo("mx7.Hosting.test",
			Set.of("example.com", "xn--bcher-kva.example"), "default");

	@ParameterizedTest
	@ValueSource(strings = { "example.com; none", "example.com 1; spf=pass", "EXAMPLE.com;dkim=pass", "example.com",
			"mx.example.com; spf=pass", "a.b.example.com; none", "example.com.; none", "mx7.hosting.test; none",
			"(to (you\\)) \\( ) example.com; none", "(a)(b)\texample.com(c); none", "\"example.com\"; none",
			"\"\\e\\xample.com\" 1; none", "b\u00fccher.example; none", "xn--bcher-kva.example; none",
			"example.com/1; none", "example.com=; none" })
	void whatBearsOurNameIsOurs(String value) {
		assertThat(AuthservId.isOurs(value, SERVER)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "; none", "(open comment example.com; none", "\"open string; none", "(", "(\\", "\"\\",
			"\"\"; none", "@example.org; none" })
	void whatCannotBeReadMayBeTakenForOurs(String value) {
		assertThat(AuthservId.isOurs(value, SERVER)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "example.org; spf=pass", "myexample.com; none", "example.com.evil.test; none",
			"hosting.test; none", "mx8.hosting.test; none", "com; none", "(example.com) example.org; none",
			"example.org; example.com=pass", "bucher.example; none" })
	void whatOthersHaveWrittenIsTheirs(String value) {
		assertThat(AuthservId.isOurs(value, SERVER)).isFalse();
	}

}
