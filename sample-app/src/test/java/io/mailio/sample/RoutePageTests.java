/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.queue.NewMessage;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The handlers in {@code docs/handlers/route.md} are compiled, and mail goes their way.
 */
class RoutePageTests {

	@TempDir
	private Path directory;

	@Test
	void shouldRouteAsThePageSays() throws Exception {
		DocumentedCode page = new DocumentedCode(Path.of("../docs/handlers/route.md"), this.directory);
		page.compile("route", "RouteApplication");
		assertThat(page.block("route.yml")).contains("smart-hosts:", "old:", "host: old.foo.example",
				"domains: foo.com");
		Queue<String> old = new ConcurrentLinkedQueue<>();
		Queue<String> configured = new ConcurrentLinkedQueue<>();
		try (SmtpServer oldServer = server(old);
				SmtpServer other = server(configured);
				URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, oldServer.port(), other.port())) {
			assertThat(context.getBean(SmtpServer.class).handlers().get("route")).contains("countries", "old-server")
				.endsWith("core");
			SmtpRelay relay = context.getBean(SmtpRelay.class);
			send(relay, ReversePath.of(Mailbox.of("me@foo.com")), "jane@partner.example", "new-john@partner.example",
					"you@nowhere.invalid", "us@foo.com");
			send(relay, ReversePath.NULL, "robot@foo.com");
			Awaitility.await().until(() -> relay.queue().counts().messages() == 0);
		}
		assertThat(old).containsExactly("[jane@partner.example]");
		assertThat(configured).containsExactly("[new-john@partner.example]");
		assertThat(mailbox("us")).singleElement().asString().contains("Subject: Hello");
		assertThat(mailbox("archive")).singleElement().asString().contains("Subject: Hello");
		assertThat(mailbox("me")).singleElement()
			.asString()
			.contains("Final-Recipient: rfc822; you@nowhere.invalid", "Status: 5.7.1");
	}

	private List<String> mailbox(String name) throws Exception {
		try (Stream<Path> files = Files.list(this.directory.resolve("mail/foo.com/" + name + "/new"))) {
			return files.map(RoutePageTests::read).toList();
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static SmtpServer server(Queue<String> arrived) {
		SmtpServer server = SmtpServer.builder()
			.port(0)
			.address(InetAddress.getLoopbackAddress())
			.domains("partner.example")
			.handler("queue", "keep", (req, res) -> {
				arrived.add(req.session().envelope().to().toString());
				return res.accept();
			})
			.build();
		server.start();
		return server;
	}

	private static void send(SmtpRelay relay, ReversePath from, String... to) {
		byte[] content = "Subject: Hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		relay.send(Envelope.of(from, Stream.of(to).map(Mailbox::of).toArray(Mailbox[]::new)), new NewMessage.Source() {

			@Override
			public long size() {
				return content.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(content);
			}

		}).toCompletableFuture().join();
	}

	private ConfigurableApplicationContext run(ClassLoader classes, int oldPort, int otherPort) throws Exception {
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
				classes.loadClass("readme.RouteApplication"));
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run("--spring.config.location=optional:file:./none/", "--mailio.port=0",
				"--mailio.address=127.0.0.1", "--mailio.domains=foo.com",
				"--mailio.relay.smart-hosts.old.host=127.0.0.1", "--mailio.relay.smart-hosts.old.port=" + oldPort,
				"--mailio.relay.smart-host.host=127.0.0.1", "--mailio.relay.smart-host.port=" + otherPort,
				"--mailio.queue.directory=" + this.directory.resolve("queue"),
				"--mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n"));
	}

}
