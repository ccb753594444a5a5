/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTests {

	@Test
	void plainTextIsReturnedAsItIs() {
		String text = "MAIL FROM:<john@example.com> SIZE=1";
		assertThat(Printable.of(text)).isSameAs(text);
	}

	@Test
	void lettersOfOtherScriptsStay() {
		assertThat(Printable.of("jörg@bücher.example 用户")).isEqualTo("jörg@bücher.example 用户");
	}

	@ParameterizedTest
	@CsvSource({ "0", "9", "a", "d", "1b", "7f", "85", "9b", "a0", "ad", "200b", "200d", "2028", "2029", "202e", "2066",
			"3000", "d800", "dfff", "e000", "feff", "e0001", "10ffff" })
	void whatDoesNotShowAsItselfIsANumber(String hex) {
		String text = "a" + new StringBuilder().appendCodePoint(Integer.parseInt(hex, 16)) + "b";
		assertThat(Printable.of(text)).isEqualTo("a\\u{" + hex + "}b");
	}

	@Test
	void longTextIsCut() {
		assertThat(Printable.of("x".repeat(10), 10)).isEqualTo("x".repeat(10));
		assertThat(Printable.of("x".repeat(11), 10)).isEqualTo("x".repeat(10) + "...");
		assertThat(Printable.of("\r".repeat(10), 7)).isEqualTo("\\u{d}\\u{d}...");
		assertThat(Printable.of("😀".repeat(10), 3)).isEqualTo("😀😀...");
	}

	@Test
	void nothingElseGetsThrough() {
		long seed = System.nanoTime();
		System.out.println("Printable, seed " + seed);
		Random random = new Random(seed);
		for (int i = 0; i < 1000; i++) {
			StringBuilder text = new StringBuilder();
			random.ints(50, 0, 0x11000).forEach((point) -> text.append((char) point));
			assertThat(Printable.of(text).codePoints()).allMatch(PrintableTests::isHarmless);
		}
	}

	private static boolean isHarmless(int point) {
		return !Character.isISOControl(point) && Character.getType(point) != Character.FORMAT
				&& (point == ' ' || !Character.isSpaceChar(point)) && Character.isDefined(point);
	}

	@Test
	void aFailureWithHarmlessTextIsItself() {
		Exception failure = new IllegalStateException("No", new RuntimeException());
		assertThat(Printable.of(failure)).isSameAs(failure);
	}

	@Test
	void aFailureWithOtherTextIsShownWithoutIt() {
		Exception failure = new IllegalStateException("Outer", new IllegalArgumentException("a\r\nERROR forged"));
		StringWriter trace = new StringWriter();
		Printable.of((Throwable) failure).printStackTrace(new PrintWriter(trace));
		assertThat(trace.toString()).contains("java.lang.IllegalStateException: Outer")
			.contains("java.lang.IllegalArgumentException: a\\u{d}\\u{a}ERROR forged")
			.contains("aFailureWithOtherTextIsShownWithoutIt")
			.doesNotContain("\nERROR");
	}

	@Test
	void failuresThatCauseEachOtherEnd() {
		Exception one = new Exception("one\n");
		Exception other = new Exception("other", one);
		one.initCause(other);
		assertThat(Printable.of((Throwable) one)).hasMessage("java.lang.Exception: one\\u{a}")
			.hasCauseInstanceOf(Exception.class);
	}

}
