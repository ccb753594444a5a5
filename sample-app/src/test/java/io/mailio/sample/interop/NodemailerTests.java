/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.junit.jupiter.api.BeforeAll;

/**
 * <a href="https://nodemailer.com/">nodemailer</a>, by
 * {@code src/test/nodemailer/send.js}.
 */
class NodemailerTests extends ClientTests {

	private static final Path SOURCE = Path.of("src/test/nodemailer");

	private static final Path DIRECTORY = Path.of("target/nodemailer");

	private final Program node = Program.installed("node", "nodejs");

	NodemailerTests(MailServer server) {
		super(server);
	}

	/** Fetches it from the registry that npm is configured for. */
	@BeforeAll
	void install() throws IOException, InterruptedException {
		Files.createDirectories(DIRECTORY);
		for (String file : new String[] { "package.json", "package-lock.json", "send.js" }) {
			Files.copy(SOURCE.resolve(file), DIRECTORY.resolve(file), StandardCopyOption.REPLACE_EXISTING);
		}
		Program.installed("npm", "npm")
			.run("ci", "--prefix", DIRECTORY, "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		this.node.run(DIRECTORY.resolve("send.js"), Sending.HOST, sending.port(), sending.encryption(),
				sending.certificate(), sending.mechanism().orElse(""), Sending.USER, Sending.PASSWORD, sending.sender(),
				sending.recipient(), sending.message());
	}

}
