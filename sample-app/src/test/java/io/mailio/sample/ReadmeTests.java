/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README keeps its word: its Java is compiled, its YAML configures it, and the
 * application does what the text says.
 */
class ReadmeTests {

	@TempDir
	private Path directory;

	@Test
	void shouldCompileAndRunItsExamples() throws Exception {
		DocumentedCode readme = new DocumentedCode(Path.of("../README.md"), this.directory);
		readme.compile("application", "MailApplication");
		readme.compile("registration", "MailRoom");
		try (URLClassLoader classes = readme.classes(); ConfigurableApplicationContext context = run(classes, readme)) {
			int port = context.getBean(SmtpServer.class).port();
			assertThat(context.getBean(SmtpServer.class).hostname()).isEqualTo("mx.foo.com");
			shouldAnswerAsItsHandlersSay(port);
		}
		try (Stream<Path> kept = Files.walk(this.directory.resolve("mail"))) {
			assertThat(kept.filter(Files::isRegularFile)).singleElement()
				.satisfies((file) -> assertThat(file).content()
					.contains("Delivered-To: you@foo.com", "Subject: Hello", "It works."));
		}
	}

	@Test
	void shouldCompileItsAuthenticator() throws Exception {
		new DocumentedCode(Path.of("../README.md"), this.directory).compile("authenticator", "Accounts");
	}

	private void shouldAnswerAsItsHandlersSay(int port) throws IOException {
		try (TestSmtpClient client = TestSmtpClient.connect(port)) {
			assertThat(client.send("HELO me")).startsWith("550").endsWith("Say EHLO, please");
			assertThat(client.send("EHLO me")).startsWith("250").contains("AUTH PLAIN LOGIN");
			assertThat(client.send("AUTH PLAIN AGpvaG4Ad3Jvbmc=")).startsWith("535 5.7.8 Authentication failed");
			assertThat(client.send("AUTH PLAIN AGpvaG4AZG9l")).startsWith("235");
			assertThat(client.send("MAIL FROM:<me@example.com>")).startsWith("250 2.1.0 Sender noted");
			assertThat(client.send("RCPT TO:<you@bar.com>")).contains("550", "foo.com domain");
			assertThat(client.send("RCPT TO:<bot-1@foo.com>")).contains("550", "No bots here");
			assertThat(client.send("RCPT TO:<you@foo.com>")).startsWith("250");
			assertThat(client.send("DATA")).startsWith("354");
			assertThat(client.send("Subject: Hello\r\n\r\nIt works.\r\n.")).matches("250 2\\.0\\.0 Took \\d+ octets");
		}
	}

	private ConfigurableApplicationContext run(ClassLoader classes, DocumentedCode readme) throws Exception {
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
				classes.loadClass("readme.MailApplication"));
		application.setWebApplicationType(WebApplicationType.NONE);
		List<PropertySource<?>> yaml = new YamlPropertySourceLoader().load("README",
				new ByteArrayResource(readme.block("application.yml").getBytes()));
		application.addInitializers((context) -> yaml.forEach(context.getEnvironment().getPropertySources()::addLast));
		// The sample's own configuration file is on the class path, too: this test wants
		// the README's.
		return application.run("--spring.config.location=optional:file:./none/", "--mailio.port=0",
				"--mailio.auth.require-tls=false",
				"--mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n"));
	}

}
