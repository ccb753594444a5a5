/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import io.mailio.spring.autoconfigure.DnsblProperties;
import io.mailio.spring.autoconfigure.MailioProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The code and the properties in the pages of the built-in handlers are run in an
 * application, and do what the pages say.
 */
class HandlerPagesTests {

	private static final Path PAGES = Path.of("../docs/handlers");

	/** What an application of a page may use without saying so. */
	private static final String[] IMPORTS = { "java.sql.SQLException", "io.mailio.plugin.connect.ReverseDns",
			"io.mailio.plugin.queue.SpamReport", "io.mailio.plugin.rcpt.MailboxQuota",
			"io.mailio.plugin.rcpt.MailboxResolver", "org.springframework.context.annotation.Bean",
			"org.springframework.context.annotation.Configuration" };

	/** Each block and the test that runs it, by page. */
	private static final Map<String, List<String>> TESTED = Map.of("connect-rdns.md", List.of("rdns"),
			"mail-sender-login.md", List.of("senders.yml"), "queue-maildir.md", List.of("quota"), "queue-spamd.md",
			List.of("spamd.properties", "no-spam"), "rcpt-dnsbl.md", List.of("dnsbl.yml"), "rcpt-mailbox.md",
			List.of("aliases.yml", "members"),
			// RoutePageTests
			"route.md", List.of("route", "route.yml"),
			// WriteYourOwnPageTests
			"write-your-own.md", List.of("check.yml", "blocking", "reactive", "test"));

	private static final Pattern BLOCK = Pattern
		.compile("(?:<!-- tested: (?<name>\\S+) -->\\n)?```(?<language>java|yaml|properties)\\n");

	@TempDir
	private Path directory;

	@Test
	void shouldHaveNoCodeThatNoTestRuns() throws IOException {
		Map<String, List<String>> blocks = new TreeMap<>();
		try (Stream<Path> pages = Files.list(PAGES)) {
			for (Path page : pages.toList()) {
				Matcher block = BLOCK.matcher(Files.readString(page));
				while (block.find()) {
					blocks.computeIfAbsent(page.getFileName().toString(), (name) -> new ArrayList<>())
						.add(String.valueOf(block.group("name")));
				}
			}
		}
		assertThat(blocks).isEqualTo(TESTED);
	}

	@Test
	void shouldRefuseWhatSpamAssassinCallsSpam() throws Exception {
		DocumentedCode page = page("queue-spamd.md");
		compile(page, "no-spam", """
				@Component
				class Handlers {
				%s
				}
				""");
		try (SpamdStub spamd = new SpamdStub();
				URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, properties(page, "spamd.properties"),
						"--mailio.handlers.queue.spamd.port=" + spamd.port());
				TestSmtpClient client = connect(context)) {
			assertThat(handlers(context, "queue")).containsSubsequence("spamd", "handlers.noSpam", "maildir");
			assertThat(message(client, "Good morning")).startsWith("250");
			assertThat(message(client, "Buy now")).isEqualTo("550 5.7.1 We do not want this");
		}
	}

	@Test
	void shouldTellWhetherANameLeadsBack() throws Exception {
		DocumentedCode page = page("connect-rdns.md");
		compile(page, "rdns", """
				@Component
				class Handlers {
					@SmtpHandler(command = "rcpt")
					Decision tell(SmtpResponse res) {
						%s
						return res.accept(250, (rdns != null) ? rdns.outcome().toString() : "Nobody was asked");
					}
				}
				""");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, null);
				TestSmtpClient client = connect(context)) {
			client.send("MAIL FROM:<me@client.example>");
			assertThat(client.send("RCPT TO:<you@example.com>")).isEqualTo("250 2.1.5 Nobody was asked");
		}
	}

	@Test
	void shouldRefuseMailForFullMailboxes() throws Exception {
		DocumentedCode page = page("queue-maildir.md");
		compile(page, "quota", """
				@Component
				class Members {
					long used(Mailbox mailbox) {
						return mailbox.localPart().equals("full") ? 100 : 0;
					}
					long limit(Mailbox mailbox) {
						return 1000;
					}
				}

				@Configuration
				class Quotas {
				%s
				}
				""");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, null);
				TestSmtpClient client = connect(context)) {
			client.send("MAIL FROM:<me@client.example> SIZE=950");
			assertThat(client.send("RCPT TO:<full@example.com>")).startsWith("452 4.2.2");
			assertThat(client.send("RCPT TO:<empty@example.com>")).startsWith("250");
		}
	}

	@Test
	void shouldKnowWhoHasAMailboxByProperties() throws Exception {
		DocumentedCode page = page("rcpt-mailbox.md");
		page.compile("none", "PageApplication", "@SpringBootApplication\npublic class PageApplication {\n}\n");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, yaml(page, "aliases.yml"));
				TestSmtpClient client = connect(context)) {
			client.send("MAIL FROM:<me@client.example>");
			for (String known : List.of("sales@example.com", "postmaster@example.com", "jane@example.net",
					"sales@example.net", "anybody@example.org")) {
				assertThat(client.send("RCPT TO:<" + known + ">")).as(known).startsWith("250");
			}
			for (String unknown : List.of("anybody@example.com", "anybody@example.net")) {
				assertThat(client.send("RCPT TO:<" + unknown + ">")).as(unknown).startsWith("550 5.1.1");
			}
		}
	}

	@Test
	void shouldAskTheResolverWhoHasAMailbox() throws Exception {
		DocumentedCode page = page("rcpt-mailbox.md");
		compile(page, "members", """
				@Component
				class Club {
					Collection<Mailbox> mailboxesOf(Mailbox address) throws SQLException {
						if (address.localPart().equals("closed")) {
							throw new SQLException("closed");
						}
						return address.localPart().equals("board")
								? Set.of(Mailbox.of("john@example.com"), Mailbox.of("jane@example.com")) : Set.of();
					}
				}

				%s
				""");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, null);
				TestSmtpClient client = connect(context)) {
			client.send("MAIL FROM:<me@client.example>");
			assertThat(client.send("RCPT TO:<nobody@example.com>")).startsWith("550 5.1.1");
			assertThat(client.send("RCPT TO:<closed@example.com>")).startsWith("451 4.3.0");
			assertThat(client.send("RCPT TO:<board@example.com>")).startsWith("250");
			assertThat(client.send("DATA")).startsWith("354");
			assertThat(client.send("Subject: Hello\r\n\r\n.")).startsWith("250");
		}
		for (String member : List.of("john", "jane")) {
			assertThat(this.directory.resolve("mail/example.com/" + member + "/new")).isNotEmptyDirectory();
		}
	}

	@Test
	void shouldLetAUserSendFromTheListedAddresses() throws Exception {
		DocumentedCode page = page("mail-sender-login.md");
		page.compile("none", "PageApplication", "@SpringBootApplication\npublic class PageApplication {\n}\n");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, yaml(page, "senders.yml"),
						"--mailio.auth.require-tls=false", "--mailio.listeners.submission.port=0",
						"--mailio.listeners.submission.address=127.0.0.1",
						"--mailio.listeners.submission.auth=required");
				TestSmtpClient client = connect(context)) {
			assertThat(client.send("AUTH PLAIN AGphbmVAZm9vLmNvbQBzZWNyZXQ=")).startsWith("235");
			for (String own : List.of("sales@foo.com", "anything@shop.example", "")) {
				assertThat(client.send("MAIL FROM:<" + own + ">")).as(own).startsWith("250");
				client.send("RSET");
			}
			assertThat(client.send("MAIL FROM:<jane@foo.com>")).startsWith("553 5.7.1");
		}
	}

	@Test
	void shouldWeighLists() throws Exception {
		DocumentedCode page = page("rcpt-dnsbl.md");
		page.compile("none", "PageApplication", "@SpringBootApplication\npublic class PageApplication {\n}\n");
		try (URLClassLoader classes = page.classes();
				ConfigurableApplicationContext context = run(classes, yaml(page, "dnsbl.yml"))) {
			assertThat(handlers(context, "rcpt")).contains("dnsbl");
			DnsblProperties lists = context.getBean(MailioProperties.class).getHandlers().getRcpt().getDnsbl();
			assertThat(lists.getThreshold()).isEqualTo(3);
			assertThat(lists.getZones()).extracting(DnsblProperties.Zone::getName, DnsblProperties.Zone::getWeight)
				.containsExactly(tuple("zen.spamhaus.org", 3), tuple("zen.spamhaus.org", 1), tuple("bl.spamcop.net", 1),
						tuple("list.dnswl.org", -2));
		}
	}

	private DocumentedCode page(String name) {
		return new DocumentedCode(PAGES.resolve(name), this.directory);
	}

	/** What surrounds a block in an application has {@code %s} where it stands. */
	private static void compile(DocumentedCode page, String block, String surroundings) throws IOException {
		page.compile(block, "PageApplication", "@SpringBootApplication\npublic class PageApplication {\n}\n\n"
				+ surroundings.formatted(page.block(block)), IMPORTS);
	}

	private static PropertySource<?> yaml(DocumentedCode page, String block) throws IOException {
		return load(new YamlPropertySourceLoader(), page, block);
	}

	private static PropertySource<?> properties(DocumentedCode page, String block) throws IOException {
		return load(new PropertiesPropertySourceLoader(), page, block);
	}

	private static PropertySource<?> load(PropertySourceLoader loader, DocumentedCode page, String block)
			throws IOException {
		return loader.load("page", new ByteArrayResource(page.block(block).getBytes())).get(0);
	}

	private ConfigurableApplicationContext run(ClassLoader classes, PropertySource<?> properties, String... arguments)
			throws Exception {
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
				classes.loadClass("readme.PageApplication"));
		application.setWebApplicationType(WebApplicationType.NONE);
		if (properties != null) {
			application.addInitializers((context) -> context.getEnvironment().getPropertySources().addLast(properties));
		}
		List<String> all = new ArrayList<>(List.of("--spring.config.location=optional:file:./none/", "--mailio.port=0",
				"--mailio.address=127.0.0.1", "--mailio.hostname=mx.example.com",
				"--mailio.domains=example.com,example.net,example.org,foo.com", "--mailio.relay.enabled=false",
				"--mailio.queue.directory=" + this.directory.resolve("queue"),
				"--mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n")));
		all.addAll(List.of(arguments));
		return application.run(all.toArray(String[]::new));
	}

	private static List<String> handlers(ConfigurableApplicationContext context, String command) {
		return context.getBean(SmtpServer.class).handlers().get(command);
	}

	private static TestSmtpClient connect(ConfigurableApplicationContext context) throws IOException {
		TestSmtpClient client = TestSmtpClient.connect(context.getBean(SmtpServer.class).port());
		assertThat(client.send("EHLO client.example")).startsWith("250");
		return client;
	}

	private static String message(TestSmtpClient client, String subject) throws IOException {
		assertThat(client.send("MAIL FROM:<me@client.example>")).startsWith("250");
		assertThat(client.send("RCPT TO:<you@example.com>")).startsWith("250");
		assertThat(client.send("DATA")).startsWith("354");
		return client.send("Subject: " + subject + "\r\n\r\n.");
	}

}
