/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.nio.charset.StandardCharsets;

import io.mailio.session.RawHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** SMTPUTF8 (RFC 6531) where a dialogue alone does not show it. */
class InternationalMailTests {

	private final Mailroom mailroom = new Mailroom();

	private static byte[] utf8(String line) {
		return (line + "\r\n").getBytes(StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@CsvSource({ "b\u00fccher.example, xn--bcher-kva.example", "XN--BCHER-KVA.example, B\u00dcCHER.example",
			"bu\u0308cher.example, b\u00fccher.example" })
	void aServedDomainIsTheSameInEveryForm(String served, String asked) {
		SmtpServer server = this.mailroom.open().domains(served).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			assertThat(server.domains()).containsExactly("xn--bcher-kva.example");
			client.command("MAIL FROM:<a@client.example> SMTPUTF8", "250");
			client.send(utf8("RCPT TO:<j\u00f6rg@" + asked + ">")).expect("250 2.1.5");
			client.send(utf8("RCPT TO:<j\u00f6rg@b\u00fcchers.example>")).expect("550 5.7.1");
			client.command("DATA", "354");
			client.send(utf8("Subject: \u00fc\r\n\r\n.")).expect("250 2.0.0");
		}
		String trace = new String(this.mailroom.letter().trace().getBytes(StandardCharsets.ISO_8859_1),
				StandardCharsets.UTF_8);
		assertThat(trace).contains(" with UTF8SMTP id ", "for <j\u00f6rg@" + asked + ">;");
		assertThat(this.mailroom.letter().envelope().to().get(0).asciiDomain()).isEqualTo("xn--bcher-kva.example");
	}

	@Test
	void aMessageThatIsNotDeclaredIsNotCalledInternational() {
		try (SmtpServer server = this.mailroom.start(); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example> SMTPUTF8", "250");
			client.command("RSET", "250");
			assertThat(client.message("one@example.com", "Subject: x\r\n")).startsWith("250");
		}
		assertThat(this.mailroom.letter().trace()).contains(" with ESMTP id ");
	}

	@Test
	void undeclaredHeaderFieldsAreTakenAsTheyAreIfThatIsConfigured() {
		SmtpServer server = this.mailroom.open().rawHeaders(RawHeaders.ALLOW).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			assertThat(client.message("one@example.com", "Subject: \u00fc\r\n")).startsWith("250");
			client.send(utf8("MAIL FROM:<j\u00f6rg@client.example>")).expect("553 5.6.7");
		}
		assertThat(this.mailroom.letter().content()).isEqualTo("Subject: \u00fc\r\n\r\n");
	}

	@Test
	void aHostNameIsSaidInAscii() {
		assertThat(SmtpServer.builder().hostname("mx.b\u00fccher.example").build().hostname())
			.isEqualTo("mx.xn--bcher-kva.example");
	}

}
