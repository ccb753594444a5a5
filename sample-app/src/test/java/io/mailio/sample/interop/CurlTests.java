/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** <a href="https://curl.se/">curl</a>. */
class CurlTests extends ClientTests {

	private final Program curl = Program.installed("curl", "curl");

	CurlTests(MailServer server) {
		super(server);
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		List<Object> arguments = new ArrayList<>(List.of("--disable", "--verbose", "--no-progress-meter", "--url",
				"%s://%s:%d/client.example".formatted((sending.encryption() == Encryption.IMPLICIT) ? "smtps" : "smtp",
						Sending.HOST, sending.port()),
				"--mail-from", sending.sender(), "--mail-rcpt", sending.recipient(), "--upload-file",
				sending.message()));
		if (sending.encrypted()) {
			arguments.addAll(List.of("--ssl-reqd", "--cacert", sending.certificate()));
		}
		sending.mechanism()
			.ifPresent((mechanism) -> arguments.addAll(
					List.of("--user", Sending.USER + ":" + Sending.PASSWORD, "--login-options", "AUTH=" + mechanism)));
		this.curl.run(arguments.toArray());
	}

}
