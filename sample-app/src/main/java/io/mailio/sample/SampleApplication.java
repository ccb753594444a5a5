/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.nio.file.Path;

import io.mailio.SmtpServer;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Receives mail for {@code localhost} and {@code example.com} on port 2525 and keeps it
 * in {@code ./mailio/maildir}. It says so when it is ready, with a line to try it.
 */
@SpringBootApplication
public class SampleApplication {

	private static final String TRY_IT = """

			Ready. Send a message from another terminal:

			  printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | \
			curl --url smtp://localhost:%d --mail-from me@example.com --mail-rcpt you@localhost --upload-file -

			It arrives in %s. Stop with Ctrl+C.
			%n""";

	/** Starts the application. */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

	@Bean
	ApplicationRunner tryIt(SmtpServer server, @Value("${mailio.handlers.queue.maildir.mail-dir}") String pattern) {
		Path maildir = Path.of(pattern.replace("%d", "localhost").replace("%n", "you"));
		return (arguments) -> System.out.printf(TRY_IT, server.port(),
				maildir.resolve("new").toAbsolutePath().normalize());
	}

}
