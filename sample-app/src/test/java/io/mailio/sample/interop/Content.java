/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Messages that hold what a client, a server or something between them easily changes.
 */
enum Content {

	SHORT("Hello, Bob.\r\n"),

	DOTS(".\r\n..\r\n...\r\n.a\r\n..b\r\n .\r\n.\r\n.\r\nQUIT\r\n.c\r\n"),

	/** RFC 5321 section 4.5.3.1.6: 998 octets and CRLF, where an added dot counts not. */
	LONG_LINES("x".repeat(998) + "\r\n" + ".".repeat(998) + "\r\n"),

	BLANKS("\r\n\r\n two  \r\n\t\r\n  \r\nFrom here\r\n\r\n\r\n"),

	EIGHT_BIT(everyOctet() + "\r\n" + utf8("Grüße") + "\r\n"),

	EMPTY(""),

	UNFINISHED("The last line has no end"),

	LARGE(tenMebibytes()),

	/** With addresses and a header field that need SMTPUTF8 (RFC 6531). */
	INTERNATIONAL("jürgen@client.example", "ζωή@example.com", utf8("Grüße"), utf8("für Ζωή ✉") + "\r\n");

	private final String sender;

	private final String recipient;

	private final String subject;

	private final String body;

	Content(String body) {
		this("ann@client.example", "bob@example.com", "Hello", body);
	}

	/** Each character of subject and body is an octet. */
	Content(String sender, String recipient, String subject, String body) {
		this.sender = sender;
		this.recipient = recipient;
		this.subject = subject;
		this.body = body;
	}

	String sender() {
		return this.sender;
	}

	String recipient() {
		return this.recipient;
	}

	/** Has every field that a client adds when it is missing, one of them folded. */
	byte[] octets() {
		return ("""
				Date: Mon, 1 Jan 2024 12:00:00 +0000
				From: Ann <ann@client.example>
				To: Bob <bob@example.com>
				Message-ID: <%s@client.example>
				Subject: %s,
				 	folded
				MIME-Version: 1.0
				Content-Type: text/plain; charset=iso-8859-1
				Content-Transfer-Encoding: 8bit

				""".formatted(name(), this.subject).replace("\n", "\r\n") + this.body)
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** The same, its last line ended. */
	byte[] finished() {
		byte[] octets = octets();
		if (octets[octets.length - 1] == '\n') {
			return octets;
		}
		ByteArrayOutputStream finished = new ByteArrayOutputStream();
		finished.writeBytes(octets);
		finished.write('\r');
		finished.write('\n');
		return finished.toByteArray();
	}

	private static String utf8(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	/** But NUL, CR and LF. */
	private static String everyOctet() {
		StringBuilder octets = new StringBuilder();
		for (char octet = 1; octet <= 0xff; octet++) {
			if (octet != '\r' && octet != '\n') {
				octets.append(octet);
			}
		}
		return octets.toString();
	}

	/** The same lines in each run, of any length; without the escapes of swaks. */
	private static String tenMebibytes() {
		Random random = new Random(10);
		StringBuilder body = new StringBuilder();
		while (body.length() < 10 * 1024 * 1024) {
			int length = random.nextInt(999);
			for (int i = 0; i < length; i++) {
				body.append((char) ('&' + random.nextInt('[' - '&')));
			}
			body.append("\r\n");
		}
		return body.toString();
	}

}
