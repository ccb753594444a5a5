/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class DecisionTests {

	@ParameterizedTest
	@ValueSource(ints = { 200, 250, 299, 300, 354, 399 })
	void acceptsWithPositiveAndIntermediateCodes(int code) {
		assertThat(Decision.accept(code, "text").reply()).isEqualTo(new Reply(code, "text"));
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.reject(code, "text"))
			.withMessageContaining("4xx or 5xx");
		assertThatIllegalArgumentException().isThrownBy(() -> new SmtpReplyException(new Reply(code, "text")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 451, 499, 500, 550, 599 })
	void rejectsWithNegativeCodes(int code) {
		assertThat(Decision.reject(code, "text").reply()).isEqualTo(new Reply(code, "text"));
		assertThat(new SmtpReplyException(new Reply(code, "text")).reply().code()).isEqualTo(code);
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.accept(code, "text"))
			.withMessageContaining("2xx or 3xx");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\rb", "a\nb", "a\0b", "a\r\n250 b" })
	void takeNoTextThatMustNotReachTheWire(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.accept(250, text));
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.reject(550, text));
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.end(421, text));
	}

	@Test
	void areValues() {
		assertThat(Decision.accept()).isEqualTo(Decision.accept()).hasToString("accept");
		assertThat(Decision.accept().reply()).isNull();
		assertThat(Decision.end().reply()).isNull();
		assertThat(Decision.end(421, "Bye")).isEqualTo(Decision.end(new Reply(421, "Bye")))
			.hasSameHashCodeAs(Decision.end(421, "Bye"))
			.isNotEqualTo(Decision.reject(421, "Bye"))
			.isNotEqualTo(Decision.end())
			.hasToString("end 421 Bye");
	}

	@Test
	void aUserNeverShowsItsPassword() {
		User user = User.withPassword("john", "secret");
		assertThat(user).hasToString("john");
		assertThat(user.password()).isEqualTo("secret");
		assertThat(Subject.login(user).toString()).doesNotContain("secret");
		assertThatIllegalStateException().isThrownBy(() -> User.named("john").password());
	}

	@Test
	void aUserIsOneLineInLogs() {
		User user = User.named("john\r\nforged\u0085\u202e");
		assertThat(user).hasToString("john\\u{d}\\u{a}forged\\u{85}\\u{202e}");
		assertThat(user.username()).isEqualTo("john\r\nforged\u0085\u202e");
	}

}
