/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ReplyTests {

	private static final EnhancedStatusCode POLICY = new EnhancedStatusCode(7, 1);

	@Test
	void isOneLineOnTheWire() {
		assertThat(wire(new Reply(250, "OK"))).isEqualTo("250 OK\r\n");
		assertThat(wire(new Reply(550, POLICY, "No"))).isEqualTo("550 5.7.1 No\r\n");
	}

	/** RFC 5321 section 4.2.1, RFC 2034 section 4. */
	@Test
	void repeatsItsCodesOnEachLine() {
		assertThat(wire(new Reply(250, "host", "SIZE 1", ""))).isEqualTo("250-host\r\n250-SIZE 1\r\n250 \r\n");
		assertThat(wire(new Reply(450, POLICY, "one", "", "two")))
			.isEqualTo("450-4.7.1 one\r\n450-4.7.1 \r\n450 4.7.1 two\r\n");
	}

	@Test
	void sendsWhatIsNotAsciiAsQuestionMarks() {
		assertThat(wire(new Reply(250, "gr\u00fc\u00df \u20ac\u2028\u0085\ud83d\ude00")))
			.isEqualTo("250 gr?? ????\r\n");
	}

	/** What anybody else's server says is taken as far as it goes. */
	@Test
	void canBeReceived() {
		Reply reply = Reply.received(550, List.of("5.7.1 No", "5.7.1", "4.7.1 \u0007\u0085\t"));
		assertThat(reply.status()).isEqualTo(POLICY);
		assertThat(reply.text()).containsExactly("No", "", "4.7.1 ??\t");
		assertThat(Reply.received(250, List.of("")).text()).containsExactly("(no text)");
		assertThat(Reply.received(550, List.of("5.7.1")).toString()).isEqualTo("550 5.7.1 (no text)");
		assertThat(Reply.received(354, List.of("3.5.4 go on")).status()).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.received(250, List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.received(600, List.of("x")));
	}

	@Test
	void keepsTabs() {
		assertThat(wire(new Reply(250, "a\tb"))).isEqualTo("250 a\tb\r\n");
	}

	/** Section 4.5.3.1.5. */
	@ParameterizedTest
	@CsvSource({ "0, 0", "7, 1", "6, 11", "999, 999" })
	void foldsLongLinesInto512Octets(int subject, int detail) {
		EnhancedStatusCode status = new EnhancedStatusCode(subject, detail);
		for (int length : new int[] { 1, 495, 496, 497, 498, 499, 500, 501, 506, 507, 1000, 5000 }) {
			String text = "x".repeat(length);
			assertFolded(new Reply(550, status, text), "550.(" + status.in(550) + " )x+", length);
			assertFolded(new Reply(550, text), "550.x+", length);
		}
	}

	private static void assertFolded(Reply reply, String pattern, int length) {
		List<String> lines = List.of(wire(reply).split("\r\n"));
		assertThat(lines).allSatisfy((line) -> assertThat(line).hasSizeLessThanOrEqualTo(510).matches(pattern));
		assertThat(lines.subList(0, lines.size() - 1)).allSatisfy((line) -> assertThat(line.charAt(3)).isEqualTo('-'));
		assertThat(lines.get(lines.size() - 1).charAt(3)).isEqualTo(' ');
		assertThat(lines.stream().mapToLong((line) -> line.chars().filter((c) -> c == 'x').count()).sum())
			.isEqualTo(length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 7, 10, 11, 12, 13, 27, 31, 127 })
	void refusesControlCharacters(int control) {
		String bad = "a" + (char) control + "b";
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, bad));
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, "fine", bad));
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, POLICY, bad));
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.requireNoControls(bad))
			.withMessageContaining("0x%02x at index 1".formatted(control));
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 25, 100, 199, 600, 2500 })
	void refusesACodeOutOfRange(int code) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(code, "text"));
	}

	@Test
	void hasAText() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250));
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, ""));
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, " \t"));
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(250, "", "second"));
	}

	@Test
	void hasNoStatusOfClassThree() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Reply(354, POLICY, "Go on"));
		Reply go = new Reply(354, "Go on");
		assertThat(go.withStatus(POLICY)).isSameAs(go);
	}

	@ParameterizedTest
	@CsvSource({ "200, true, false, false", "299, true, false, false", "300, false, true, false",
			"399, false, true, false", "400, false, false, true", "599, false, false, true" })
	void knowsItsKind(int code, boolean positive, boolean intermediate, boolean negative) {
		Reply reply = new Reply(code, "text");
		assertThat(reply.isPositive()).isEqualTo(positive);
		assertThat(reply.isIntermediate()).isEqualTo(intermediate);
		assertThat(reply.isNegative()).isEqualTo(negative);
	}

	@Test
	void keepsTheStatusItHas() {
		Reply reply = new Reply(550, new EnhancedStatusCode(1, 1), "Unknown");
		assertThat(reply.withStatus(POLICY)).isSameAs(reply);
	}

	@Test
	void takesTheStatusItIsGiven() {
		assertThat(wire(new Reply(550, "No", "never").withStatus(POLICY)))
			.isEqualTo("550-5.7.1 No\r\n550 5.7.1 never\r\n");
	}

	@ParameterizedTest
	@CsvSource({ "550, 5.1.1 Unknown", "450, 4.2.1 Later", "250, 2.1.5 Fine", "550, 5.999.999 Strange" })
	void usesTheStatusThatItsTextBeginsWith(int code, String text) {
		assertThat(wire(new Reply(code, text).withStatus(POLICY))).isEqualTo(code + " " + text + "\r\n");
	}

	@Test
	void repeatsTheStatusThatItsTextBeginsWith() {
		String expected = "550-5.1.1 one\r\n550-5.1.1 two\r\n550 5.1.1 5.1.2 three\r\n";
		assertThat(wire(new Reply(550, "5.1.1 one", "two", "5.1.2 three").withStatus(POLICY))).isEqualTo(expected);
		assertThat(wire(new Reply(550, "5.1.1 one", "5.1.1 two").withStatus(POLICY)))
			.isEqualTo("550-5.1.1 one\r\n550 5.1.1 two\r\n");
		assertThat(wire(new Reply(550, "5.1.1 " + "x".repeat(600)).withStatus(POLICY)).split("\r\n"))
			.allSatisfy((line) -> assertThat(line).matches("550.5\\.1\\.1 x+"));
	}

	@Test
	void leavesATextThatIsNothingButItsStatus() {
		assertThat(wire(new Reply(550, "5.1.1").withStatus(POLICY))).isEqualTo("550 5.1.1\r\n");
	}

	/** RFC 2034 section 4: the class is the first digit of the code. */
	@ParameterizedTest
	@ValueSource(strings = { "4.7.1 x", "2.0.0 x", "5.7 x", "5.7.1000 x", "5..1 x", "5.7. x", "5.7.1.2 x", "55.7.1 x",
			"5.x.1 x", "5.7.1: x", "5 x", "x", ".7.1 x" })
	void addsAStatusToATextThatBeginsWithNoneOfItsClass(String text) {
		assertThat(wire(new Reply(550, text).withStatus(POLICY))).isEqualTo("550 5.7.1 " + text + "\r\n");
	}

	@Test
	void isEncodedOnce() {
		Reply reply = new Reply(250, "OK");
		assertThat(reply.wire()).isSameAs(reply.wire());
	}

	@Test
	void isEqualByCodeStatusAndText() {
		Reply reply = new Reply(550, POLICY, "No");
		assertThat(reply).isEqualTo(new Reply(550, POLICY, "No"))
			.hasSameHashCodeAs(new Reply(550, POLICY, "No"))
			.isNotEqualTo(new Reply(551, POLICY, "No"))
			.isNotEqualTo(new Reply(550, "No"))
			.isNotEqualTo(new Reply(550, POLICY, "no"));
	}

	@Test
	void cannotBeChangedThroughItsArgument() {
		String[] lines = { "OK" };
		Reply reply = new Reply(250, lines);
		lines[0] = "evil\r\n";
		assertThat(reply.text()).containsExactly("OK");
	}

	@Test
	void isOneAsciiLineInLogs() {
		assertThat(new Reply(550, POLICY, "one\u0085", "two\u2028")).hasToString("550 5.7.1 one? / two?");
	}

	@Test
	void statusCodesLieWithinTheirRange() {
		for (int[] wrong : new int[][] { { -1, 0 }, { 0, -1 }, { 1000, 0 }, { 0, 1000 } }) {
			assertThatIllegalArgumentException().as(Arrays.toString(wrong))
				.isThrownBy(() -> new EnhancedStatusCode(wrong[0], wrong[1]));
		}
		assertThat(new EnhancedStatusCode(999, 0).in(421)).isEqualTo("4.999.0");
	}

	private static String wire(Reply reply) {
		return new String(reply.wire(), StandardCharsets.ISO_8859_1);
	}

}
