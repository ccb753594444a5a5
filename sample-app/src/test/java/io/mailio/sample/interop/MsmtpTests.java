/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** <a href="https://marlam.de/msmtp/">msmtp</a>, which stands in for sendmail. */
class MsmtpTests extends ClientTests {

	private final Program msmtp = Program.installed("msmtp", "msmtp");

	MsmtpTests(MailServer server) {
		super(server);
	}

	@Override
	Stream<String> mechanisms() {
		return Stream.of("PLAIN", "LOGIN", "SCRAM-SHA-256");
	}

	@Override
	boolean declaresUtf8() {
		return false;
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		List<Object> arguments = new ArrayList<>(List.of("--debug", "--host=" + Sending.HOST,
				"--port=" + sending.port(), "--domain=client.example", "--timeout=30", "--from=" + sending.sender()));
		if (sending.encrypted()) {
			arguments.addAll(List.of("--tls=on",
					"--tls-starttls=" + ((sending.encryption() == Encryption.STARTTLS) ? "on" : "off"),
					"--tls-trust-file=" + sending.certificate()));
		}
		sending.mechanism()
			.ifPresent((mechanism) -> arguments.addAll(List.of("--auth=" + mechanism.toLowerCase(Locale.ROOT),
					"--user=" + Sending.USER, "--passwordeval=echo '" + Sending.PASSWORD + "'")));
		arguments.addAll(List.of("--", sending.recipient()));
		this.msmtp.runWithInput(sending.message(), arguments.toArray());
	}

}
