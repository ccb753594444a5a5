/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.nio.file.Path;
import java.util.Set;

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
			curl --url smtp://localhost:%d --mail-from me@example.org --mail-rcpt you@%s --upload-file -

			It arrives in %s. Stop with Ctrl+C.
			%n""";

	/** Starts the application. */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

	@Bean
	ApplicationRunner tryIt(SmtpServer server, @Value("${mailio.handlers.queue.maildir.mail-dir}") String pattern) {
		Set<String> domains = server.domains();
		String domain = domains.contains("localhost") ? "localhost" : domains.iterator().next();
		Path maildir = Path.of(pattern.replace("%d", domain).replace("%n", "you"));
		return (arguments) -> System.out.printf(TRY_IT, server.port(), domain,
				maildir.resolve("new").toAbsolutePath().normalize());
	}

}
