/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.mailio.smtp.Mailbox;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TraceHeaderTests {

	private static final long MILLIS = Instant.parse("2008-06-03T11:05:30.999Z").toEpochMilli();

	private static String received(String helo, String hostname, String address, @Nullable Mailbox recipient)
			throws UnknownHostException {
		return received(origin(helo, hostname, address), recipient);
	}

	private static TraceHeader.Origin origin(String helo, String hostname, String address) throws UnknownHostException {
		return TraceHeader.origin(helo, hostname, InetAddress.getByName(address), "mx.example.org", "ESMTPS");
	}

	private static String received(TraceHeader.Origin origin, @Nullable Mailbox recipient) {
		return new String(TraceHeader.received(origin, "4f2a.0", recipient, MILLIS), StandardCharsets.ISO_8859_1);
	}

	/** RFC 8314 section 4.3; additional clauses stand last (RFC 5321 section 4.4). */
	@Test
	void theFieldNamesTheCipherSuite() throws Exception {
		TraceHeader.Origin origin = origin("client.example.com", "", "192.0.2.7").encrypted("TLSv1.3",
				"TLS_AES_256_GCM_SHA384");
		assertThat(received(origin, Mailbox.of("joe@example.org")))
			.isEqualTo("Received: from client.example.com ([192.0.2.7])\r\n"
					+ "\tby mx.example.org with ESMTPS id 4f2a.0\r\n" + "\tfor <joe@example.org>\r\n"
					+ "\ttls TLS_AES_256_GCM_SHA384 (TLSv1.3);\r\n" + "\tTue, 3 Jun 2008 11:05:30 +0000\r\n");
		assertThat(received(origin, null)).contains("id 4f2a.0\r\n\ttls TLS_AES_256_GCM_SHA384 (TLSv1.3);\r\n");
	}

	@Test
	void noEngineCanChangeTheField() throws Exception {
		assertThat(received(origin("c", "", "192.0.2.7").encrypted("1)\r\nX: (", "A; B\r\nX: y(\u0000"), null))
			.contains("\r\n\ttls A??B??X:?y?? (1\\)??X:?\\();\r\n\tTue");
	}

	@Test
	void theFieldNamesClientServerProtocolRecipientAndDate() throws Exception {
		assertThat(received("client.example.com", "host.example.net", "192.0.2.7", Mailbox.of("joe@example.org")))
			.isEqualTo("Received: from client.example.com (host.example.net [192.0.2.7])\r\n"
					+ "\tby mx.example.org with ESMTPS id 4f2a.0\r\n" + "\tfor <joe@example.org>;\r\n"
					+ "\tTue, 3 Jun 2008 11:05:30 +0000\r\n");
	}

	@Test
	void severalRecipientsAreNotNamed() throws Exception {
		assertThat(received("client", "[192.0.2.7]", "192.0.2.7", null))
			.isEqualTo("Received: from client ([192.0.2.7])\r\n" + "\tby mx.example.org with ESMTPS id 4f2a.0;\r\n"
					+ "\tTue, 3 Jun 2008 11:05:30 +0000\r\n");
	}

	@Test
	void anIpv6AddressIsATaggedLiteral() throws Exception {
		assertThat(received("", "", "2001:db8::7", null))
			.startsWith("Received: from [IPv6:2001:db8::7] ([IPv6:2001:db8::7])\r\n");
		assertThat(received("x", "", "fe80::1%1", null)).contains("[IPv6:fe80::1]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil\r\nSubject: injected", "evil\nX: y", "evil\r", "a\u0000b", "a) by evil; (",
			"a;b<c>\"d\"@,\\", "\u00e9\u4f60\u0100\u010d\u010a", "a\tb c", "\u007f", "(((", "[1.2.3.4]\\" })
	void nothingThatTheClientChoosesChangesTheField(String hostile) throws Exception {
		String field = received(hostile, "h" + hostile, "192.0.2.7", null);
		assertThat(field.split("\r\n", -1)).hasSize(4);
		assertThat(field.replace("\r\n\t", "").replace("\r\n", "")).matches("[ -~]+");
		// Without quoted pairs there is one comment, and it is closed before "by".
		String structure = field.replaceAll("\\\\[()\\\\]", "");
		assertThat(structure).matches("(?s)Received: from [^();<>\"\\s]+ \\([^()]* \\[192\\.0\\.2\\.7\\]\\)\r\n"
				+ "\tby mx\\.example\\.org with ESMTPS id 4f2a\\.0;\r\n\tTue, 3 Jun 2008 11:05:30 \\+0000\r\n");
	}

	@Test
	void linesStayBelow998Characters() throws Exception {
		String longest = "(".repeat(5000);
		for (String line : received(longest, longest, "2001:db8::7", null).split("\r\n")) {
			assertThat(line).hasSizeLessThan(998);
		}
	}

	@Test
	void aQuotedRecipientKeepsItsQuotes() throws Exception {
		assertThat(received("c", "", "192.0.2.7", Mailbox.of("\"a; b\"@example.org")))
			.contains("\tfor <\"a; b\"@example.org>;\r\n");
	}

	@ParameterizedTest
	@CsvSource({ "false,false,false,SMTP", "true,false,false,ESMTP", "true,false,true,ESMTPA", "true,true,false,ESMTPS",
			"true,true,true,ESMTPSA" })
	void theProtocolIsNamedByRfc3848(boolean extended, boolean secure, boolean authenticated, String name) {
		assertThat(TraceHeader.protocol(false, false, extended, secure, authenticated)).isEqualTo(name);
	}

	/** RFC 6531 section 3.7.3. */
	@ParameterizedTest
	@CsvSource({ "false,true,false,false,UTF8SMTP", "false,true,false,true,UTF8SMTPA",
			"false,true,true,false,UTF8SMTPS", "false,true,true,true,UTF8SMTPSA", "true,false,false,false,LMTP",
			"true,false,true,true,LMTPSA", "true,true,false,false,UTF8LMTP", "true,true,false,true,UTF8LMTPA",
			"true,true,true,false,UTF8LMTPS", "true,true,true,true,UTF8LMTPSA" })
	void theProtocolSaysWhatWasDeclared(boolean lmtp, boolean utf8, boolean secure, boolean authenticated,
			String name) {
		assertThat(TraceHeader.protocol(lmtp, utf8, true, secure, authenticated)).isEqualTo(name);
	}

	@Test
	void anInternationalisedRecipientIsWrittenInUtf8() throws Exception {
		assertThat(received("c", "", "192.0.2.7", Mailbox.of("j\u00f6rg@example.org")))
			.contains("\tfor <j\u00c3\u00b6rg@example.org>;\r\n");
	}

	@Test
	void theDateFollowsTheClock() {
		assertThat(TraceHeader.date(0)).isEqualTo("Thu, 1 Jan 1970 00:00:00 +0000");
		assertThat(TraceHeader.date(-1)).isEqualTo("Wed, 31 Dec 1969 23:59:59 +0000");
		assertThat(TraceHeader.date(MILLIS)).isEqualTo("Tue, 3 Jun 2008 11:05:30 +0000");
		assertThat(TraceHeader.date(MILLIS + 1)).isEqualTo("Tue, 3 Jun 2008 11:05:31 +0000");
	}

}
