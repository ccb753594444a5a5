/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class RepliesTests {

	static Stream<Reply> catalogue() {
		return Stream.concat(
				Arrays.stream(Replies.class.getFields())
					.filter((field) -> Modifier.isStatic(field.getModifiers()) && field.getType() == Reply.class)
					.map(RepliesTests::value),
				Stream.of(Replies.badSender("x"), Replies.badRecipient("x"), Replies.queued("x")));
	}

	@ParameterizedTest
	@MethodSource("catalogue")
	void haveAStatusUnlessRfc2034ExemptsThem(Reply reply) {
		boolean exempt = reply.isIntermediate() || reply == Replies.HELO_SYNTAX;
		assertThat(reply.status() == null).isEqualTo(exempt);
	}

	@ParameterizedTest
	@MethodSource("catalogue")
	void areOneShortLineEach(Reply reply) {
		String expected = "\\d{3} ([245]\\.\\d{1,3}\\.\\d{1,3} )?[ -~]+\r\n";
		assertThat(new String(reply.wire(), StandardCharsets.ISO_8859_1)).matches(expected).hasSizeLessThan(120);
	}

	@Test
	void areManyEnoughToBeWorthTesting() {
		assertThat(catalogue()).hasSizeGreaterThan(30).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@CsvSource({ "mail, 250, 2.1.0", "rcpt, 250, 2.1.5", "rcpt, 251, 2.1.5", "data, 250, 2.0.0", "queue, 250, 2.0.0",
			"auth, 235, 2.7.0", "noop, 250, 2.0.0", "rcpt, 550, 5.7.1", "rcpt, 450, 4.7.1", "mail, 553, 5.7.1",
			"queue, 554, 5.7.1", "auth, 535, 5.7.8", "auth, 454, 4.7.0", "helo, 550, 5.0.0", "rcpt, 451, 4.3.0",
			"connect, 421, 4.3.0", "rcpt, 452, 4.3.1", "queue, 552, 5.3.4", "mail, 501, 5.5.4", "mail, 503, 5.5.1",
			"x, 502, 5.5.1", "x, 500, 5.5.2", "mail, 555, 5.5.4", "auth, 504, 5.5.4", "mail, 530, 5.7.0" })
	void giveAFittingStatusToAHandlersReply(String command, int code, String expected) {
		assertThat(Replies.fallbackStatus(command, code).in(code)).isEqualTo(expected);
	}

	@Test
	void neverDisagreeInClass() {
		for (String command : new String[] { "mail", "rcpt", "auth", "data", "queue", "ehlo", "connect", "xfoo" }) {
			for (int code = 200; code < 600; code++) {
				Reply reply = new Reply(code, "text").withStatus(Replies.fallbackStatus(command, code));
				String wire = new String(reply.wire(), StandardCharsets.US_ASCII);
				int digit = code / 100;
				assertThat(wire).matches(
						(digit == 3) ? "3\\d\\d text\r\n" : digit + "\\d\\d " + digit + "\\.\\d\\.\\d{1,2} text\r\n");
			}
		}
	}

	private static Reply value(Field field) {
		try {
			return (Reply) field.get(null);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
