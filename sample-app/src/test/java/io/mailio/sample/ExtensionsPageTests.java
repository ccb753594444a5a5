/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/** The extension in {@code docs/extensions.md} is compiled, found as a bean and works. */
class ExtensionsPageTests {

	@TempDir
	private Path directory;

	@Test
	void shouldCompileAndRunItsExample() throws Exception {
		DocumentedCode page = new DocumentedCode(Path.of("../docs/extensions.md"), this.directory);
		page.compile("priority", "PriorityApplication");
		try (URLClassLoader classes = page.classes(); ConfigurableApplicationContext context = run(classes)) {
			shouldAnswerAsThePageSays(context.getBean(SmtpServer.class).port());
		}
	}

	private void shouldAnswerAsThePageSays(int port) throws IOException {
		try (TestSmtpClient client = TestSmtpClient.connect(port)) {
			assertThat(client.send("EHLO client.example")).startsWith("250").contains("MT-PRIORITY");
			for (String wrong : new String[] { "", "=", "=10", "=-0", "=+1", "=high", "=-10", "=01" }) {
				assertThat(client.send("MAIL FROM:<me@client.example> MT-PRIORITY" + wrong)).startsWith("501 5.5.4");
			}
			assertThat(client.send("MAIL FROM:<me@client.example> MT-PRIORITY=1 MT-PRIORITY=2")).startsWith("555");
			assertThat(message(client, "MT-PRIORITY=-3")).isEqualTo("250 2.0.0 Queued with priority -3");
			assertThat(message(client, "MT-PRIORITY=9")).isEqualTo("250 2.0.0 Queued with priority 0");
			assertThat(message(client, "")).isEqualTo("250 2.0.0 Queued with priority 0");
			assertThat(client.send("AUTH PLAIN AGpvaG4AZG9l")).startsWith("235");
			assertThat(message(client, "mt-priority=9")).isEqualTo("250 2.0.0 Queued with priority 9");
		}
	}

	private static String message(TestSmtpClient client, String parameter) throws IOException {
		assertThat(client.send("MAIL FROM:<me@client.example> " + parameter)).startsWith("250 2.1.0");
		assertThat(client.send("RCPT TO:<you@foo.com>")).startsWith("250");
		assertThat(client.send("DATA")).startsWith("354");
		return client.send("Subject: Hello\r\n\r\n.");
	}

	private ConfigurableApplicationContext run(ClassLoader classes) throws Exception {
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
				classes.loadClass("readme.PriorityApplication"));
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run("--spring.config.location=optional:file:./none/", "--mailio.port=0",
				"--mailio.hostname=mx.foo.com", "--mailio.domains=foo.com", "--mailio.auth.require-tls=false",
				"--mailio.auth.users.john.password=doe", "--mailio.queue.directory=" + this.directory.resolve("queue"),
				"--mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n"));
	}

}
