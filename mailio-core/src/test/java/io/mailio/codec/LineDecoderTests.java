/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the decoder with a reader that looks at one octet after the other, for every
 * way to cut the input.
 */
class LineDecoderTests {

	private static final int LIMIT = 10;

	static Stream<String> inputs() {
		return Stream.of("NOOP\r\n", "\r\n", "\r\n\r\n", "a\r\nb\r\n", "a\nb\r\nc\r\n", "\n\r\n", "\n\n\r\nok\r\n",
				"\r\r\nok\r\n", "a\rb\r\nok\r\n", "\rab\r\nok\r\n", "a\r\r\n\r\n", "12345678\r\nok\r\n",
				"123456789\r\nok\r\n", "1234567890\r\nok\r\n", "123456789\r", "123456789\rX\r\nok\r\n",
				"1234567890123456789\r\nok\r\n", "12345678901234567890\n12\r\nok\r\n", "12345678\rx\r\nok\r\n",
				"a\n1234567890123\r\nok\r\n", "\u0000\u00ff\t\r\nok\r\n", "incomplete", "bad\n", "");
	}

	@ParameterizedTest
	@MethodSource("inputs")
	void findsTheSameHoweverTheOctetsArrive(String input) {
		List<String> expected = reference(input);
		assertThat(decode(List.of(input))).as("whole").isEqualTo(expected);
		for (int first = 0; first <= input.length(); first++) {
			for (int second = first; second <= input.length(); second++) {
				assertThat(decode(
						List.of(input.substring(0, first), input.substring(first, second), input.substring(second))))
					.as("cut at %d and %d", first, second)
					.isEqualTo(expected);
			}
		}
		assertThat(decode(input.chars().mapToObj((c) -> String.valueOf((char) c)).toList())).as("single octets")
			.isEqualTo(expected);
	}

	@Test
	void agreesWithTheReferenceForRandomInput() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		char[] alphabet = { '\r', '\n', '.', 'a', '\u0000', '\u0080', '\t', 'b' };
		for (int round = 0; round < 20_000; round++) {
			StringBuilder input = new StringBuilder();
			List<String> pieces = new ArrayList<>();
			for (int i = random.nextInt(6); i >= 0; i--) {
				StringBuilder piece = new StringBuilder();
				for (int j = random.nextInt(12); j > 0; j--) {
					piece.append((random.nextInt(4) == 0) ? "\r\n" : alphabet[random.nextInt(alphabet.length)]);
				}
				pieces.add(piece.toString());
				input.append(piece);
			}
			assertThat(decode(pieces)).as("seed %d, round %d", seed, round).isEqualTo(reference(input.toString()));
		}
	}

	@Test
	void takesNoMoreThanItsLine() {
		ByteBuf in = buffer("junk-NOOP\r\nQUIT\r\n");
		in.readerIndex(5);
		LineDecoder decoder = new LineDecoder();
		assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.LINE);
		assertThat(decoder.line()).isEqualTo("NOOP");
		assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("QUIT\r\n");
	}

	@Test
	void leavesAnIncompleteLineInTheBuffer() {
		ByteBuf in = buffer("NOO");
		assertThat(new LineDecoder().decode(in, LIMIT)).isEqualTo(LineDecoder.Result.INCOMPLETE);
		assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("NOO");
	}

	@Test
	void keepsNothingOfALineThatIsTooLong() {
		LineDecoder decoder = new LineDecoder();
		ByteBuf in = buffer("x".repeat(LIMIT));
		assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.TOO_LONG);
		assertThat(in.isReadable()).isFalse();
		for (int i = 0; i < 100; i++) {
			in = buffer("x".repeat(1000));
			assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.INCOMPLETE);
			assertThat(in.isReadable()).isFalse();
		}
		assertThat(decoder.skippedOctets()).isEqualTo(LIMIT + 100_000L);
		in = buffer("\r\nok\r\n");
		assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.LINE);
		assertThat(decoder.skippedOctets()).isZero();
	}

	@Test
	void takesALimitThatShrinksWithinALine() {
		LineDecoder decoder = new LineDecoder();
		ByteBuf in = buffer("123456789012345");
		assertThat(decoder.decode(in, 100)).isEqualTo(LineDecoder.Result.INCOMPLETE);
		in.writeBytes(buffer("\r\nok\r\n"));
		assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.TOO_LONG);
		assertThat(decoder.decode(in, LIMIT)).isEqualTo(LineDecoder.Result.LINE);
		assertThat(decoder.line()).isEqualTo("ok");
	}

	@Test
	void readsUtf8() {
		LineDecoder decoder = new LineDecoder();
		assertThat(decoder.decode(buffer("\u00c3\u00a4\u0000\r\n"), LIMIT)).isEqualTo(LineDecoder.Result.LINE);
		assertThat(decoder.line()).isEqualTo("\u00e4\u0000");
		assertThat(decoder.decode(buffer("\u00f0\u009f\u0093\u00a8\r\n"), LIMIT)).isEqualTo(LineDecoder.Result.LINE);
		assertThat(decoder.line()).isEqualTo("\ud83d\udce8");
	}

	private static ByteBuf buffer(String text) {
		ByteBuf buffer = Unpooled.buffer();
		buffer.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
		return buffer;
	}

	private static List<String> decode(List<String> pieces) {
		LineDecoder decoder = new LineDecoder();
		ByteBuf in = Unpooled.buffer();
		List<String> found = new ArrayList<>();
		for (String piece : pieces) {
			in.writeBytes(piece.getBytes(StandardCharsets.ISO_8859_1));
			LineDecoder.Result result = decoder.decode(in, LIMIT);
			while (result != LineDecoder.Result.INCOMPLETE) {
				found.add((result == LineDecoder.Result.LINE) ? "line:" + decoder.line() : result.name());
				result = decoder.decode(in, LIMIT);
			}
			assertThat(in.readableBytes()).isLessThan(LIMIT);
			in.discardReadBytes();
		}
		return found;
	}

	/** Reads one octet after the other. */
	private static List<String> reference(String input) {
		List<String> found = new ArrayList<>();
		StringBuilder line = new StringBuilder();
		boolean skipping = false;
		boolean bareCr = false;
		char before = 0;
		for (char c : input.toCharArray()) {
			boolean crlf = c == '\n' && before == '\r';
			if (crlf && !skipping) {
				line.setLength(line.length() - 1);
				boolean ascii = line.chars().allMatch((octet) -> octet < 0x80);
				found.add(bareCr ? "BARE_NEWLINE" : ascii ? "line:" + line : "NOT_UTF8");
			}
			else if (!skipping) {
				bareCr |= before == '\r' && !line.isEmpty();
				line.append(c);
				if (c == '\n') {
					found.add("BARE_NEWLINE");
					skipping = true;
				}
				else if (line.length() == LIMIT) {
					found.add("TOO_LONG");
					skipping = true;
				}
			}
			if (crlf) {
				line.setLength(0);
				skipping = false;
				bareCr = false;
			}
			before = crlf ? 0 : c;
		}
		return found;
	}

}
