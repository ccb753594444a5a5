/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.mailio.plugin.queue.SpamReport.Rule;
import io.mailio.plugin.queue.SpamReport.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SpamdAnswerTests {

	private static final String OK = "SPAMD/1.1 0 EX_OK\r\n";

	private static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** All at once, and then the connection closes. */
	private static SpamReport read(String answer) throws IOException {
		SpamdAnswer reading = new SpamdAnswer(4.5);
		SpamReport report = reading.take(octets(answer));
		return (report != null) ? report : reading.end();
	}

	@Test
	void aReportHoldsTheScoreAndTheRulesOfItsTableOnly() throws Exception {
		SpamReport report = read(SpamdDouble.ok("1008.1", SpamdDouble.REPORT));
		assertThat(report).isEqualTo(new SpamReport(Status.SCANNED, 1008.1, 5, 4.5,
				List.of(new Rule("FSL_HELO_NON_FQDN_1", 2.4), new Rule("SPF_PASS", -0.0), new Rule("GTUBE", 1000),
						new Rule("WELCOME", -10), new Rule("ABC", 12))));
		assertThat(report.isSpam()).isTrue();
		assertThat(report.logText()).isEqualTo("1008.1/4.5");
	}

	@Test
	void everySplitGivesTheSameReport() throws Exception {
		byte[] answer = octets(SpamdDouble.ok("-1.25", SpamdDouble.REPORT));
		SpamReport whole = read(SpamdDouble.ok("-1.25", SpamdDouble.REPORT));
		assertThat(whole.score()).isEqualTo(-1.25);
		for (int split = 1; split < answer.length; split++) {
			SpamdAnswer reading = new SpamdAnswer(4.5);
			assertThat(reading.take(Arrays.copyOf(answer, split))).isNull();
			assertThat(reading.take(Arrays.copyOfRange(answer, split, answer.length))).isEqualTo(whole);
		}
	}

	@Test
	void aReportWithoutATableInALanguageThatHasNoneIsReadByItsColumns() throws Exception {
		SpamReport report = read(
				SpamdDouble.ok("2.0", "D\u00e9tails de l'analyse:\n 2.0 SOME_RULE   x\n12 NO_RULE   x\n"
						+ "---------- Fin de Rapport ----------\n"));
		assertThat(report.rules()).containsExactly(new Rule("SOME_RULE", 2));
	}

	@Test
	void withoutALengthTheEndOfTheConnectionIsTheEnd() throws Exception {
		assertThat(read(OK + "Spam: False ; 1.0 / 5.0\r\nX-Unknown: y\r\n\r\n 1.0 ABC text").rules())
			.containsExactly(new Rule("ABC", 1));
		assertThat(read(OK + "spam: no;0/5\r\nContent-Length: 0\r\n\r\n").isSpam()).isFalse();
	}

	@Test
	void whatFollowsTheReportIsNotPartOfIt() throws Exception {
		assertThat(read(SpamdDouble.ok("1.0", " 1.0 ABC x\n") + " 2.0 DEF y\n").rules())
			.containsExactly(new Rule("ABC", 1));
	}

	@Test
	void rulesAreBounded() throws Exception {
		assertThat(read(SpamdDouble.ok("1.0", " 1.0 ABC x\n".repeat(1000))).rules()).hasSize(SpamReport.MAX_RULES);
		assertThat(read(SpamdDouble.ok("1.0", " 1.0 " + "A".repeat(65) + "\n 1.0 A<B\n 1.0 A\rB: x\n")).rules())
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SPAMD/1.0 76 Bad header line: FOO\r\n", "HTTP/1.1 400 Bad Request\r\n", "\r\n",
			"220 mx.example.com ESMTP\r\n", OK + "\r\n", OK + "Content-length: 3\r\n\r\nabc",
			OK + "Spam: True ; NaN / 5.0\r\n\r\n", OK + "Spam: True ; 1e9 / 5.0\r\n\r\n",
			OK + "Spam: perhaps ; 1.0 / 5.0\r\n\r\n", OK + "Spam: True ; 12345678901 / 5.0\r\n\r\n",
			OK + "Spam: True ; 1.0 / 5.0\r\nContent-length: -1\r\n\r\n",
			OK + "Spam: True ; 1.0 / 5.0\r\nContent-length: 999999999\r\n\r\n",
			OK + "Spam: True ; 1.0 / 5.0\r\nContent-length: 9999999999\r\n\r\n",
			OK + "Spam: True ; 1.0 / 5.0\r\nContent-length: 4\r\n\r\nabc", OK + "Spam: True ; 1.0 / 5.0\r\n", OK, "" })
	void whatIsNoAnswerGivesNoReport(String answer) {
		assertThatExceptionOfType(SpamdException.class).isThrownBy(() -> read(answer));
	}

	@Test
	void anAnswerIsBounded() {
		SpamdAnswer endless = new SpamdAnswer(5);
		assertThatExceptionOfType(SpamdException.class)
			.isThrownBy(() -> endless.take(new byte[SpamdAnswer.MAX_HEAD + 1]));
		assertThatExceptionOfType(SpamdException.class)
			.isThrownBy(() -> read(OK + "Spam: no;0/5\r\n\r\n" + "x".repeat(SpamdAnswer.MAX_OCTETS)));
	}

	@Test
	void whatSpamdSaysIsEscapedWhenItIsTold() {
		assertThatExceptionOfType(SpamdException.class).isThrownBy(() -> read("SPAMD/1.0 76 \u0007\u001b[31m\r\n"))
			.withMessage("it says SPAMD/1.0 76 \\u{7}\\u{1b}[31m");
	}

	@Test
	void noiseGivesAReportOrAFailureAndNothingElse() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		byte[] good = octets(SpamdDouble.ok("1.0", SpamdDouble.REPORT));
		for (int i = 0; i < 3000; i++) {
			byte[] noisy = good.clone();
			for (int j = random.nextInt(5); j >= 0; j--) {
				noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
			}
			SpamReport report = reportOrNull(noisy);
			assertThat((report == null) || report.rules().size() <= SpamReport.MAX_RULES).as("seed %d", seed).isTrue();
		}
	}

	private static @Nullable SpamReport reportOrNull(byte[] answer) {
		SpamdAnswer reading = new SpamdAnswer(5);
		try {
			SpamReport report = reading.take(answer);
			return (report != null) ? report : reading.end();
		}
		catch (SpamdException ex) {
			return null;
		}
	}

}
