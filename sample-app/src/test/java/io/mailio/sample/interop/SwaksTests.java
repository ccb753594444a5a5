/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** <a href="https://jetmore.org/john/code/swaks/">swaks</a>, the tool of postmasters. */
class SwaksTests extends ClientTests {

	private final Program swaks = Program.installed("swaks", "swaks libnet-ssleay-perl");

	SwaksTests(MailServer server) {
		super(server);
	}

	@Override
	boolean declaresUtf8() {
		return false;
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		List<Object> arguments = new ArrayList<>(List.of("--server", Sending.HOST, "--port", sending.port(), "--ehlo",
				"client.example", "--from", sending.sender(), "--to", sending.recipient(), "--data",
				"@" + withoutLastNewline(sending.message()), "--suppress-data"));
		if (sending.encrypted()) {
			arguments.addAll(List.of((sending.encryption() == Encryption.STARTTLS) ? "--tls" : "--tls-on-connect",
					"--tls-verify", "--tls-ca-path", sending.certificate()));
		}
		sending.mechanism()
			.ifPresent((mechanism) -> arguments.addAll(
					List.of("--auth", mechanism, "--auth-user", Sending.USER, "--auth-password", Sending.PASSWORD)));
		this.swaks.run(arguments.toArray());
	}

	/** The least body that it sends is an empty line. */
	@Override
	byte[] sent(Content content) {
		String sent = new String(content.finished(), StandardCharsets.ISO_8859_1);
		return ((content == Content.EMPTY) ? sent + "\r\n" : sent).getBytes(StandardCharsets.ISO_8859_1);
	}

	/** It ends the last line of a file always, also if it is ended already. */
	private static Path withoutLastNewline(Path message) throws IOException {
		String text = Files.readString(message, StandardCharsets.ISO_8859_1).replaceFirst("\r\n\\z", "");
		return Files.writeString(message, text, StandardCharsets.ISO_8859_1);
	}

}
