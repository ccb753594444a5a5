/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** {@code esmtp-param} of RFC 5321 section 4.1.2. */
class ParametersTests {

	@Test
	void readsKeywordsWithAndWithoutValues() throws Exception {
		Parameters parameters = Parameters.parse(" size=1000  Body=8BITMIME SMTPUTF8 X-9=a+b<c>%!");
		assertThat(parameters.keywords()).containsExactly("SIZE", "BODY", "SMTPUTF8", "X-9");
		assertThat(parameters.value("Size")).contains("1000");
		assertThat(parameters.value("BODY")).contains("8BITMIME");
		assertThat(parameters.value("smtputf8")).contains("");
		assertThat(parameters.value("x-9")).contains("a+b<c>%!");
		assertThat(parameters.value("AUTH")).isEmpty();
		assertThat(parameters.has("body")).isTrue();
		assertThat(parameters.has("AUTH")).isFalse();
		assertThat(parameters.isEmpty()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "    " })
	void mayBeNone(String text) throws Exception {
		assertThat(Parameters.parse(text)).isSameAs(Parameters.NONE);
		assertThat(Parameters.NONE.isEmpty()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SIZE=", "=", "=1", "SIZE==1", "SIZE=1=2", "-A=1", "A_B=1", "A.B", "\u00c4=1", "A=\u0085",
			"A=\u00a0", "A=\u007f", "A=1\t2", "\t", "A\tB", "SIZE=1,BODY=2;", "A:1", "<>", "A=\0" })
	void refusesAMalformedWord(String word) {
		assertThatExceptionOfType(ParameterException.class).isThrownBy(() -> Parameters.parse(" " + word))
			.satisfies((ex) -> assertThat(ex.reply()).isEqualTo(Replies.PARAMETER_SYNTAX));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SIZE=1 SIZE=1", "SIZE=1 size=2", "A B a", "A A=1" })
	void refusesAKeywordGivenTwice(String text) {
		assertThatExceptionOfType(ParameterException.class).isThrownBy(() -> Parameters.parse(text))
			.satisfies((ex) -> assertThat(ex.reply()).isEqualTo(Replies.UNKNOWN_PARAMETER));
	}

	@Test
	void cannotBeChanged() throws Exception {
		Parameters parameters = Parameters.parse("A=1");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> parameters.keywords().remove("A"));
	}

	@Test
	void areEqualByKeywordAndValue() throws Exception {
		assertThat(Parameters.parse("a=1 B")).isEqualTo(Parameters.parse("b A=1"))
			.hasSameHashCodeAs(Parameters.parse("b A=1"))
			.isNotEqualTo(Parameters.parse("a=2 B"));
	}

}
