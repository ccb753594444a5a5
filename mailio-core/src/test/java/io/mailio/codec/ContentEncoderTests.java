/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
 * Compares the encoder with plain replacements in the whole text, for every way to cut
 * it, and with what the decoder of the receiving side makes of it.
 */
class ContentEncoderTests {

	static Stream<String> contents() {
		return Stream.of("", "a", "a\r\n", "\r\n", "\n", "\r", ".", ".\r\n", "..\r\n", "\r\n.\r\n", "a\n.\nb",
				"a\r.\rb", "a\r\n.\r\nMAIL FROM:<x@y>\r\n", "a\n.\r\nb", "a\r\n.\nb", "a\r\r\n.\r\r\n", "\r\n\r\r\n\n",
				".\r", ".\n.", "a\r\n..b\r\n...", "\r.\n.\r\n.", "no end", "\u00e9\u0000\u00ff.\r\n", "\n\r\n\r.\n\r.");
	}

	@ParameterizedTest
	@MethodSource("contents")
	void writesTheSameHoweverTheContentIsCut(String content) {
		for (int first = 0; first <= content.length(); first++) {
			for (int second = first; second <= content.length(); second++) {
				List<String> parts = List.of(content.substring(0, first), content.substring(first, second),
						content.substring(second));
				check(content, parts, "cut at " + first + " and " + second);
			}
		}
		check(content, content.chars().mapToObj(Character::toString).toList(), "single octets");
	}

	@Test
	void writesRandomContentAsItShould() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		char[] alphabet = { '\r', '\n', '.', 'a', '\u0080' };
		for (int round = 0; round < 5_000; round++) {
			StringBuilder content = new StringBuilder();
			int length = random.nextInt(60);
			for (int i = 0; i < length; i++) {
				content.append((random.nextInt(3) == 0) ? "abcdefghij" : alphabet[random.nextInt(alphabet.length)]);
			}
			int cut = random.nextInt(content.length() + 1);
			check(content.toString(), List.of(content.substring(0, cut), content.substring(cut)), "seed " + seed);
		}
	}

	private static void check(String content, List<String> parts, String how) {
		String normal = normalised(content);
		String data = encode(ContentEncoder.ofData(), parts);
		assertThat(data).as(how).isEqualTo(stuffed(normal) + ".\r\n");
		assertThat(decode(data)).as(how).isEqualTo(normal);
		assertThat(encode(ContentEncoder.ofChunks(), parts)).as(how).isEqualTo(normal);
		assertThat(encode(ContentEncoder.ofBinaryChunks(), parts)).as(how).isEqualTo(content);
	}

	private static String normalised(String content) {
		String lines = content.replaceAll("\r\n|\r|\n", "\n").replace("\n", "\r\n");
		return (lines.isEmpty() || lines.endsWith("\n")) ? lines : lines + "\r\n";
	}

	private static String stuffed(String lines) {
		return lines.replaceAll("(?<=^|\r\n)\\.", "..");
	}

	/** The content stands in the midst of a larger array. */
	private static String encode(ContentEncoder encoder, List<String> parts) {
		ByteBuf out = Unpooled.buffer();
		for (String part : parts) {
			byte[] octets = ("\n." + part + "\n.").getBytes(StandardCharsets.ISO_8859_1);
			encoder.encode(octets, 2, octets.length - 2, out);
		}
		encoder.finish(out);
		return out.toString(StandardCharsets.ISO_8859_1);
	}

	/** What the strictest receiver takes; the end of data must be the end. */
	private static String decode(String data) {
		StringBuilder content = new StringBuilder();
		ContentDecoder decoder = new ContentDecoder(BareNewline.REJECT, 10_000, 10_000);
		ByteBuf in = Unpooled.copiedBuffer(data, StandardCharsets.ISO_8859_1);
		boolean ended = decoder.decode(in, new ContentDecoder.Sink() {
			@Override
			public void content(ByteBuffer run) {
				content.append(StandardCharsets.ISO_8859_1.decode(run));
			}

			@Override
			public void violation(ContentDecoder.Violation violation) {
				assertThat(violation).isIn(ContentDecoder.Violation.RAW_HEADER, ContentDecoder.Violation.NO_HEADER);
			}
		});
		assertThat(ended).isTrue();
		assertThat(in.readableBytes()).as("octets behind the end of data").isZero();
		return content.toString();
	}

}
