/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import org.awaitility.Awaitility;
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
		try (URLClassLoader classes = readme.classes();
				ConfigurableApplicationContext context = run(
						new SpringApplication(new DefaultResourceLoader(classes),
								classes.loadClass("readme.MailApplication")),
						readme.block("application.yml"),
						List.of("--mailio.port=0", "--mailio.auth.require-tls=false"))) {
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
	void shouldListenAsItsYamlSays() throws Exception {
		DocumentedCode readme = new DocumentedCode(Path.of("../README.md"), this.directory);
		List<String> arguments = new ArrayList<>();
		for (String listener : List.of("mx", "submission", "submissions", "local")) {
			arguments.add("--mailio.listeners." + listener + ".port=0");
		}
		String bundle = "--spring.ssl.bundle.jks.mail.keystore.";
		arguments
			.addAll(List.of(bundle + "location=file:../mailio-spring-boot-autoconfigure/src/test/resources/mail.p12",
					bundle + "password=changeit", bundle + "type=PKCS12"));
		try (ConfigurableApplicationContext context = run(new SpringApplication(SampleApplication.class),
				readme.block("listeners.yml"), arguments)) {
			SmtpServer server = context.getBean(SmtpServer.class);
			assertThat(server.listeners()).containsExactlyInAnyOrder("mx", "submission", "submissions", "local");
			assertThat(server.address("local").getAddress().isLoopbackAddress()).isTrue();
			try (TestSmtpClient client = TestSmtpClient.connect(server.port("submission"))) {
				assertThat(client.send("EHLO me")).contains("STARTTLS");
				assertThat(client.send("MAIL FROM:<me@example.com>")).startsWith("530");
			}
			try (TestSmtpClient client = TestSmtpClient.connect(server.port("local"))) {
				assertThat(client.send("LHLO me")).startsWith("250");
			}
		}
	}

	@Test
	void shouldOfferTlsAsItsYamlSays() throws Exception {
		DocumentedCode readme = new DocumentedCode(Path.of("../README.md"), this.directory);
		KeyStore store = KeyStore.getInstance(
				new File("../mailio-spring-boot-autoconfigure/src/test/resources/mail.p12"), "changeit".toCharArray());
		String alias = store.aliases().nextElement();
		String certificate = pem("CERTIFICATE", store.getCertificate(alias).getEncoded());
		String key = pem("PRIVATE KEY", store.getKey(alias, "changeit".toCharArray()).getEncoded());
		String yaml = readme.block("tls.yml");
		assertThat(yaml).contains("file:/etc/mail/");
		Matcher file = Pattern.compile("/etc/mail/([a-z-]+\\.pem)").matcher(yaml);
		while (file.find()) {
			Files.writeString(this.directory.resolve(file.group(1)), file.group(1).contains("key") ? key : certificate);
		}
		try (ConfigurableApplicationContext context = run(new SpringApplication(SampleApplication.class),
				yaml.replace("/etc/mail", this.directory.toString()),
				List.of("--mailio.listeners.mx.port=0", "--mailio.listeners.submissions.port=0"))) {
			try (TestSmtpClient client = TestSmtpClient.connect(context.getBean(SmtpServer.class).port("mx"))) {
				assertThat(client.send("EHLO me")).contains("STARTTLS");
			}
		}
	}

	@Test
	void shouldLetItsUsersIn() throws Exception {
		DocumentedCode readme = new DocumentedCode(Path.of("../README.md"), this.directory);
		try (ConfigurableApplicationContext context = run(new SpringApplication(SampleApplication.class),
				readme.block("users.yml"), List.of("--mailio.port=0", "--mailio.auth.require-tls=false"))) {
			try (TestSmtpClient client = TestSmtpClient.connect(context.getBean(SmtpServer.class).port())) {
				client.send("EHLO me");
				String jane = Base64.getEncoder().encodeToString("\0jane@foo.com\0secret".getBytes());
				assertThat(client.send("AUTH PLAIN " + jane)).startsWith("235");
			}
		}
	}

	private static String pem(String what, byte[] encoded) {
		return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + what
				+ "-----\n";
	}

	@Test
	void shouldCompileItsAuthenticator() throws Exception {
		new DocumentedCode(Path.of("../README.md"), this.directory).compile("authenticator", "Accounts");
	}

	@Test
	void shouldSendAsItsExampleSays() throws Exception {
		DocumentedCode readme = new DocumentedCode(Path.of("../README.md"), this.directory);
		readme.compile("sending", "Welcome");
		Queue<String> arrived = new ConcurrentLinkedQueue<>();
		SmtpServer partner = SmtpServer.builder()
			.port(0)
			.address(InetAddress.getLoopbackAddress())
			.domains("partner.example")
			.handler("queue", "keep", (req, res) -> {
				arrived.add(req.from() + " " + req.session().envelope().to() + " "
						+ req.message().headers().first("Subject").orElse(""));
				return res.accept();
			})
			.build();
		partner.start();
		String yaml = readme.block("sending.yml");
		assertThat(yaml).contains("host: mail.partner.example ");
		try (partner; URLClassLoader classes = readme.classes()) {
			Class<?> welcome = classes.loadClass("readme.Welcome");
			SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
					SampleApplication.class, welcome);
			try (ConfigurableApplicationContext context = run(application,
					yaml.replace("mail.partner.example ", "127.0.0.1\n        port: " + partner.port() + " "),
					List.of("--mailio.port=0", "--SMTP_PASSWORD=secret"))) {
				Method greet = welcome.getDeclaredMethod("greet", String.class);
				greet.setAccessible(true);
				greet.invoke(context.getBean(welcome), "you@partner.example");
				Awaitility.await().until(() -> !arrived.isEmpty());
				assertThat(arrived).containsExactly("office@foo.com [you@partner.example] Welcome");
			}
		}
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

	private ConfigurableApplicationContext run(SpringApplication application, String yaml, List<String> arguments)
			throws IOException {
		application.setWebApplicationType(WebApplicationType.NONE);
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("README",
				new ByteArrayResource(yaml.getBytes()));
		application
			.addInitializers((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addLast));
		// The sample's own configuration file is on the class path, too: this test wants
		// the README's.
		return application.run(Stream
			.concat(arguments.stream(),
					Stream.of("--spring.config.location=optional:file:./none/",
							"--mailio.queue.directory=" + this.directory.resolve("queue"),
							"--mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n")))
			.toArray(String[]::new));
	}

}
