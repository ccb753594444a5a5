/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import io.mailio.handler.HandlerConfigurationException;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.ReactiveMailboxResolver;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** Aliases, mailboxes and what the maildir does with them, by properties and beans. */
class MailboxConfigurationTests {

	private static final String MAILBOX = "mailio.handlers.rcpt.mailbox.";

	@TempDir
	Path mail;

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.domains=example.com,example.net",
					"mailio.relay.enabled=false", "mailio.handlers.queue.maildir.mail-dir=" + this.mail + "/%d/%n")
			.withPropertyValues(properties);
	}

	/** Sends a message to whom it may be sent, and says which replies there were. */
	private static List<String> send(AssertableApplicationContext context, String... to) throws IOException {
		int port = context.getBean(SmtpServer.class).port();
		try (SmtpTestClient client = new SmtpTestClient(port)) {
			client.reply();
			client.send("EHLO client.example");
			client.send("MAIL FROM:<a@client.example>");
			List<String> replies = new ArrayList<>();
			for (String recipient : to) {
				replies.add(client.send("RCPT TO:<" + recipient + ">").substring(0, 9));
			}
			client.send("DATA");
			client.send("Subject: x\r\n\r\nx\r\n.");
			client.send("QUIT");
			return replies;
		}
	}

	private List<String> messages() throws IOException {
		try (Stream<Path> files = Files.walk(this.mail)) {
			return files.filter(Files::isRegularFile)
				.map((file) -> this.mail.relativize(file.getParent()).toString())
				.sorted()
				.toList();
		}
	}

	@Test
	void aliasesAndMailboxesArePropertiesOfAnySpelling() {
		runner(MAILBOX + "aliases[0].address=sales@example.com",
				MAILBOX + "aliases[0].to=john@example.com, jane.doe@example.com",
				MAILBOX + "aliases[1].address=@example.net", MAILBOX + "aliases[1].to[0]=@example.com",
				MAILBOX + "mailboxes=john@example.com,Jane.Doe@example.com")
			.run((context) -> {
				assertThat(send(context, "Sales@example.com", "john@example.net", "jack@example.com"))
					.containsExactly("250 2.1.5", "250 2.1.5", "550 5.1.1");
				assertThat(messages()).containsExactly("example.com/jane.doe/new", "example.com/john/new");
			});
	}

	@Test
	void aResolverAndAQuotaAreBeans() {
		MailboxResolver resolver = (address) -> address.localPart().equals("jack") ? List.of()
				: List.of(Mailbox.of("box-" + address.localPart() + "@example.net"));
		MailboxQuota quota = (mailbox, size) -> mailbox.localPart().equals("box-full")
				? Optional.of(Replies.MAILBOX_FULL) : Optional.empty();
		runner(MAILBOX + "aliases[0].address=sales@example.com", MAILBOX + "aliases[0].to=john@example.com")
			.withBean(MailboxResolver.class, () -> resolver)
			.withBean(MailboxQuota.class, () -> quota)
			.run((context) -> {
				assertThat(send(context, "jack@example.com", "sales@example.com", "full@example.com"))
					.containsExactly("550 5.1.1", "250 2.1.5", "452 4.2.2");
				assertThat(messages()).containsExactly("example.net/box-john/new");
			});
	}

	@Test
	void aResolverMayBeReactive() {
		ReactiveMailboxResolver resolver = (address) -> Mono.just(List.of(Mailbox.of("all@example.net")));
		runner().withBean(ReactiveMailboxResolver.class, () -> resolver).run((context) -> {
			assertThat(send(context, "jack@example.com")).containsExactly("250 2.1.5");
			assertThat(messages()).containsExactly("example.net/all/new");
		});
	}

	@Test
	void withoutHardLinksEachMailboxHasAFileOfItsOwn() {
		runner("mailio.handlers.queue.maildir.hard-links=false", "mailio.handlers.queue.maildir.sent=false",
				"mailio.handlers.queue.maildir.junk=false")
			.run((context) -> {
				send(context, "a@example.com", "b@example.com");
				try (Stream<Path> files = Files.walk(this.mail)) {
					assertThat(files.filter(Files::isRegularFile)).hasSize(2)
						.allSatisfy((file) -> assertThat(file).content().contains("Delivered-To: "));
				}
			});
	}

	@Test
	void whatCannotBeAnAliasSaysWhichAndWhy() {
		invalid("aliases[0].address", "must be an address such as sales@example.com", "aliases[0].address=sales",
				"aliases[0].to=john@example.com");
		invalid("aliases[0].address", "must be an address such as sales@example.com", "aliases[0].to=john@example.com");
		invalid("aliases[0].to", "The alias sales@example.com leads nowhere: name at least one mailbox",
				"aliases[0].address=sales@example.com");
		invalid("aliases[0].to", "'john' is neither an address", "aliases[0].address=sales@example.com",
				"aliases[0].to=john");
	}

	private void invalid(String property, String reason, String... properties) {
		runner(Stream.of(properties).map(MAILBOX::concat).toArray(String[]::new)).run((context) -> {
			assertThat(context).getFailure().rootCause().isInstanceOf(BindValidationException.class);
			FailureAnalysis analysis = MailioPropertiesTests.analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(MAILBOX + property, reason);
		});
	}

	@Test
	void aliasesThatDoNotGoTogetherSayWhatToDo() {
		impossible("The alias b@example.com leads to itself: b@example.com → a@example.com → b@example.com",
				"aliases[0].address=b@example.com", "aliases[0].to=a@example.com", "aliases[1].address=a@example.com",
				"aliases[1].to=b@example.com");
		impossible("The alias a@example.com leads to a@other.example, but the domain other.example is not served here",
				"aliases[0].address=a@example.com", "aliases[0].to=a@other.example");
		runner(MAILBOX + "mailboxes=a@example.com").withBean(MailboxResolver.class, () -> List::of)
			.run((context) -> assertThat(analyze(context).getAction())
				.contains("mailio.handlers.rcpt.mailbox.mailboxes", "the resolver knows"));
	}

	private void impossible(String message, String... properties) {
		runner(Stream.of(properties).map(MAILBOX::concat).toArray(String[]::new)).run((context) -> {
			assertThat(context).getFailure().rootCause().isInstanceOf(HandlerConfigurationException.class);
			assertThat(analyze(context).getDescription()).contains(message);
			assertThat(analyze(context).getAction()).contains("mailio.handlers.rcpt.mailbox.aliases");
		});
	}

	private static FailureAnalysis analyze(AssertableApplicationContext context) {
		return new HandlerConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
	}

}
