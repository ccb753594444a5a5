/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.List;

import io.mailio.smtp.Mailbox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever an address is made to look like: mail for others is not taken. */
class RelayTricksTests {

	/** Path, code, and for whom the message is kept. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "<victim@elsewhere.example>|550|",
			"victim@elsewhere.example|550|", "<victim@ELSEWHERE.EXAMPLE>|550|", "<victim@sub.example.com>|550|",
			"<victim@notexample.com>|550|", "<victim@example.com.elsewhere.example>|550|", "<victim@localhost>|550|",
			"<victim@mx.example.com>|550|", "<victim@com>|550|",
			// percent hack and bang path: local parts, and nothing else
			"<victim%elsewhere.example@example.com>|250|victim%elsewhere.example@example.com",
			"<victim%elsewhere.example%example.org@example.com>|250|victim%elsewhere.example%example.org@example.com",
			"<elsewhere.example!victim@example.com>|250|elsewhere.example!victim@example.com",
			"<victim%example.com@elsewhere.example>|550|", "<example.com!victim@elsewhere.example>|550|",
			"<elsewhere.example!victim>|501|", "<victim%elsewhere.example>|501|",
			// source routes: only their last address counts
			"<@example.com:victim@elsewhere.example>|550|", "<@example.com,@example.org:victim@elsewhere.example>|550|",
			"<@elsewhere.example:user@example.com>|250|user@example.com",
			"<@example.com:@elsewhere.example:user@example.com>|501|", "<@example.com:elsewhere.example!victim>|501|",
			// quoted
			"<\"victim@elsewhere.example\"@example.com>|250|\"victim@elsewhere.example\"@example.com",
			"<\"victim\\\"@elsewhere.example\"@example.com>|250|\"victim\\\"@elsewhere.example\"@example.com",
			"<\"user@example.com\"@elsewhere.example>|550|", "<\"victim@elsewhere.example\">|501|",
			"<\"user\"@elsewhere.example\"@example.com>|501|", "\"<user@example.com>\"<victim@elsewhere.example>|501|",
			// literals
			"<victim@[192.0.2.1]>|550|", "<victim@[127.0.0.1]>|550|", "<victim@[IPv6:::1]>|550|",
			"<victim@[example.com]>|501|", "<victim@[]>|501|", "<victim@#2130706433>|501|",
			// two addresses, or none
			"<victim@elsewhere.example@example.com>|501|", "<user@example.com@elsewhere.example>|501|",
			"<victim@elsewhere.example,user@example.com>|501|", "<victim@elsewhere.example;user@example.com>|501|",
			"<victim@elsewhere.example>,<user@example.com>|501|", "<victim@elsewhere.example><user@example.com>|501|",
			"<user@example.com> <victim@elsewhere.example>|501|", "<victim@elsewhere.example|501|",
			"<victim@elsewhere.example (user@example.com)>|501|", "<victim@elsewhere.example\0.example.com>|501|",
			"<victim@elsewhere.example\0@example.com>|501|", "<victim@elsewhere.example\t@example.com>|501|",
			"<victim@elsewhere.example/example.com>|501|", "<victim@elsewhere.example\\@example.com>|501|",
			"<victim@example.com.>|501|", "<victim@.example.com>|501|", "<victim@exam\u00adple.com>|501|", "<>|501|",
			"<@example.com>|501|", "<user@>|501|" })
	void theDomainAloneDecides(String path, String code, String kept) {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = mailroom.start(); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<spammer@example.com>", "250");
			client.command("RCPT TO:" + path.replace("\\0", "\0").replace("\\t", "\t"), code);
			if (code.equals("250")) {
				client.command("DATA", "354");
				client.command("x\r\n.", "250");
				assertThat(mailroom.letter().envelope().to()).extracting(Mailbox::toString).isEqualTo(List.of(kept));
			}
			else {
				client.command("DATA", "503");
			}
		}
	}

}
