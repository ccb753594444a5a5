/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.mailio.smtp.EnhancedStatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every reply, cut in every way. */
class ReplyDecoderTests {

	private static final int MAX_LINE = 20;

	private static final int MAX_LINES = 4;

	/** {@code #} stands for CRLF, {@code $} for LF, {@code %} for another control. */
	@ParameterizedTest
	@CsvSource(delimiter = '>', quoteCharacter = '`', textBlock = """
			250 OK#                            > 250 OK
			250#                               > 250 (no text)
			`250 #`                            > 250 (no text)
			250 OK$                            > 250 OK
			250-a#250-b#250 c#                 > 250 a / b / c
			250-a$250 b#354 go#                > 250 a / b|354 go
			250-a#250-#250#                    > `250 a /  / `
			550 5.7.1 No#250 2.0.0 Yes#        > 550 5.7.1 No|250 2.0.0 Yes
			550-5.7.1 No#550 5.7.1 Nie#        > 550 5.7.1 No / Nie
			550 4.7.1 No#                      > 550 4.7.1 No
			550 5.7.1#                         > 550 5.7.1 (no text)
			250 a%b%#                          > 250 a?b?
			250-a#550 b#                       > MALFORMED
			hello#                             > MALFORMED
			`#`                                > MALFORMED
			25#                                > MALFORMED
			2a0 x#                             > MALFORMED
			250x#                              > MALFORMED
			150 x#                             > MALFORMED
			600 x#                             > MALFORMED
			250 345678901234567#               > TOO_LONG
			250 34567890123456789              > TOO_LONG
			250 ok#250 12345678901234567       > 250 ok|TOO_LONG
			250 34567890123456#                > 250 34567890123456
			250-a#250-b#250-c#250 d#           > 250 a / b / c / d
			250-a#250-b#250-c#250-d#250 e#     > TOO_LONG
			250-a#25                           > ``
			""")
	void findsTheSameHoweverTheOctetsArrive(String input, String expected) {
		String octets = input.replace("#", "\r\n").replace('$', '\n').replace('%', '\u0007');
		assertThat(decode(List.of(octets))).as("whole").isEqualTo(expected);
		for (int first = 0; first <= octets.length(); first++) {
			for (int second = first; second <= octets.length(); second++) {
				assertThat(decode(
						List.of(octets.substring(0, first), octets.substring(first, second), octets.substring(second))))
					.as("cut at %d and %d", first, second)
					.isEqualTo(expected);
			}
		}
		assertThat(decode(octets.chars().mapToObj(Character::toString).toList())).as("single octets")
			.isEqualTo(expected);
	}

	private static String decode(List<String> reads) {
		ReplyDecoder decoder = new ReplyDecoder(MAX_LINE, MAX_LINES);
		List<String> found = new ArrayList<>();
		ByteBuf in = Unpooled.buffer();
		for (String read : reads) {
			in.writeCharSequence(read, StandardCharsets.ISO_8859_1);
			in.discardReadBytes();
			ReplyDecoder.Result result = decoder.decode(in);
			while (result == ReplyDecoder.Result.REPLY) {
				found.add(decoder.reply().toString());
				result = decoder.decode(in);
			}
			if (result != ReplyDecoder.Result.INCOMPLETE) {
				found.add(result.name());
				break;
			}
		}
		return String.join("|", found);
	}

	@Test
	void findsTheEnhancedStatusCode() {
		ReplyDecoder decoder = new ReplyDecoder(100, MAX_LINES);
		decoder.decode(Unpooled.copiedBuffer("452-4.5.3 Too\r\n452 4.5.3 many\r\n", StandardCharsets.US_ASCII));
		assertThat(decoder.reply().code()).isEqualTo(452);
		assertThat(decoder.reply().status()).isEqualTo(new EnhancedStatusCode(5, 3));
		assertThat(decoder.reply().text()).containsExactly("Too", "many");
	}

	@Test
	void keepsTheLineThatIsNone() {
		ReplyDecoder decoder = new ReplyDecoder(100, MAX_LINES);
		ByteBuf in = Unpooled.copiedBuffer("SSH-2.0-x\r\n", StandardCharsets.US_ASCII);
		assertThat(decoder.decode(in)).isEqualTo(ReplyDecoder.Result.MALFORMED);
		assertThat(decoder.badLine()).isEqualTo("SSH-2.0-x");
	}

	@Test
	void readsTextAsUtf8() {
		ReplyDecoder decoder = new ReplyDecoder(100, MAX_LINES);
		decoder.decode(Unpooled.copiedBuffer("550 gr\u00fc\u00df\r\n", StandardCharsets.UTF_8));
		assertThat(decoder.reply().text()).containsExactly("gr\u00fc\u00df");
	}

	/** However many there are, no more lines are kept than allowed. */
	@Test
	void endsEndlessReplies() {
		ReplyDecoder decoder = new ReplyDecoder(100, 1000);
		ByteBuf in = Unpooled.buffer();
		ReplyDecoder.Result last = IntStream.range(0, 5000).mapToObj((i) -> {
			in.writeCharSequence("250-again\r\n", StandardCharsets.US_ASCII);
			return decoder.decode(in);
		}).filter((result) -> result != ReplyDecoder.Result.INCOMPLETE).findFirst().orElseThrow();
		assertThat(last).isEqualTo(ReplyDecoder.Result.TOO_LONG);
	}

}
