/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;

/** {@code smtplib} of Python's standard library, by {@code src/test/python/send.py}. */
class SmtplibTests extends ClientTests {

	private static final String SCRIPT = "src/test/python/send.py";

	private final Program python = Program.installed("python3", "python3");

	SmtplibTests(MailServer server) {
		super(server);
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		this.python.run(SCRIPT, Sending.HOST, sending.port(), sending.encryption(), sending.certificate(),
				sending.mechanism().orElse(""), Sending.USER, Sending.PASSWORD, sending.sender(), sending.recipient(),
				sending.message());
	}

}
