/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.mail;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.net.ssl.KeyManagerFactory;

import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.RouteRequest;
import io.mailio.message.Content;
import io.mailio.queue.MessageState;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.RelayListener;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.autoconfigure.MailioAutoConfiguration;
import io.mailio.spring.autoconfigure.MailioMailSenderAutoConfiguration;
import io.mailio.spring.event.MailBouncedEvent;
import io.mailio.spring.event.MailDeferredEvent;
import io.mailio.spring.event.MailDeliveredEvent;
import io.mailio.spring.event.MailDeliveryEvent;
import io.mailio.spring.event.MailQueuedEvent;
import io.mailio.transport.Tls;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mail.MailParseException;
import org.springframework.mail.MailPreparationException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/** What an application sends arrives at another server, or comes back. */
@Timeout(120)
class SendingTests {

	@TempDir
	private Path directory;

	private final Queue<Letter> letters = new ConcurrentLinkedQueue<>();

	private SmtpServer other;

	private ApplicationContextRunner runner;

	private SmtpServer.Builder otherServer() {
		return SmtpServer.builder()
			.port(0)
			.address(InetAddress.getLoopbackAddress())
			.domains("elsewhere.example")
			.handler("rcpt", "residents", (req, res) -> switch (req.to().localPart()) {
				case "nobody" -> res.reject(550, "5.1.1 No such user here");
				case "busy" -> res.reject(450, "4.2.1 Not now");
				default -> res.accept();
			})
			.handler("queue", "keep", (req, res) -> {
				try (var in = req.message().openStream()) {
					this.letters.add(new Letter(req.session().envelope(),
							new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)));
				}
				return res.accept();
			});
	}

	@BeforeEach
	void startTheOtherServer() {
		this.other = otherServer().build();
		this.other.start();
		this.runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(MailioAutoConfiguration.class, MailioMailSenderAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.hostname=mx.foo.com",
					"mailio.domains=foo.com", "mailio.relay.enabled=true", "mailio.relay.smart-host.host=127.0.0.1",
					"mailio.relay.smart-host.port=" + this.other.port(),
					"mailio.queue.directory=" + this.directory.resolve("queue"),
					"mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n"))
			.withBean(Events.class);
	}

	@AfterEach
	void stopTheOtherServer() {
		this.other.close();
	}

	private static MailioMailSender sender(ApplicationContext context) {
		return (MailioMailSender) context.getBean(JavaMailSender.class);
	}

	private static SimpleMailMessage simple(String... to) {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom("app@foo.com");
		message.setTo(to);
		message.setSubject("Hello");
		message.setText("It works.\nReally.");
		return message;
	}

	@Test
	void handlersOfTheApplicationRouteItsMail() {
		Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
		this.runner
			.withPropertyValues("mailio.relay.smart-host.host=127.0.0.2",
					"mailio.relay.smart-hosts.partner.host=127.0.0.1",
					"mailio.relay.smart-hosts.partner.port=" + this.other.port(),
					"mailio.handlers.route.tenants.partner=elsewhere.example")
			.withBean("tenants", Tenants.class, () -> new Tenants(attempts))
			.run((context) -> {
				assertThat(context.getBean(SmtpServer.class).handlers()).containsEntry("route",
						List.of("tenants", "core"));
				sender(context).send(simple("you@elsewhere.example"));
				await().until(() -> !this.letters.isEmpty());
				assertThat(this.letters.remove().envelope().to()).containsExactly(Mailbox.of("you@elsewhere.example"));
				assertThat(attempts).containsExactly(0);
			});
	}

	@SmtpHandler(command = "route", before = "core", timeout = "5m")
	record Tenants(Queue<Integer> attempts) implements RouteHandler {

		@Override
		public RouteDecision route(RouteRequest req) {
			this.attempts.add(req.attempts());
			return req.to().domain().equals(req.config().get("partner")) ? RouteDecision.smartHost("partner")
					: RouteDecision.pass();
		}

	}

	@Test
	void aSimpleMessageArrivesAndIsTold() {
		this.runner.run((context) -> {
			sender(context).send(simple("you@elsewhere.example"));
			await().until(() -> !this.letters.isEmpty());
			Letter letter = this.letters.remove();
			assertThat(letter.envelope().from()).hasToString("app@foo.com");
			assertThat(letter.envelope().to()).containsExactly(Mailbox.of("you@elsewhere.example"));
			assertThat(letter.content())
				.contains("From: app@foo.com\r\n", "Subject: Hello\r\n", "Date: ", "Message-ID: <")
				.endsWith("\r\n\r\nIt works.\r\nReally.\r\n");
			Events events = context.getBean(Events.class);
			await().until(() -> !events.all.isEmpty());
			assertThat(events.all).singleElement().isInstanceOfSatisfying(MailDeliveredEvent.class, (event) -> {
				assertThat(event.envelope().to()).containsExactly(Mailbox.of("you@elsewhere.example"));
				assertThat(event.results()).singleElement()
					.satisfies((result) -> assertThat(result.reply().code()).isEqualTo(250));
				assertThat(event.id()).isNotNull();
			});
			await().until(() -> context.getBean(SmtpRelay.class).queue().counts().messages() == 0);
		});
	}

	@Test
	void theEnvelopeIsReadFromTheMessageAndBccIsNotSent() {
		this.runner.run((context) -> {
			MimeMessage message = sender(context).createMimeMessage();
			message.setFrom(new InternetAddress("author@foo.com", "Jürgen"));
			message.setSender(new InternetAddress("office@foo.com"));
			message.addRecipients(RecipientType.TO,
					"a@elsewhere.example, Team: b@elsewhere.example, a@elsewhere.example;");
			message.addRecipients(RecipientType.CC, "c@elsewhere.example, b@Elsewhere.example");
			message.addRecipients(RecipientType.BCC, "secret@elsewhere.example");
			message.setSubject("Grüße");
			message.setText("für dich");
			message.saveChanges();
			message.setHeader("Message-ID", "<mine@foo.com>");
			sender(context).send(message);
			await().until(() -> !this.letters.isEmpty());
			Letter letter = this.letters.remove();
			assertThat(letter.envelope().from()).hasToString("office@foo.com");
			assertThat(letter.envelope().to()).extracting(Mailbox::localPart)
				.containsExactlyInAnyOrder("a", "b", "c", "secret");
			assertThat(letter.content()).contains("Message-ID: <mine@foo.com>", "charset=UTF-8", "=?UTF-8?")
				.doesNotContain("secret@", "Bcc");
			assertThat(message.getRecipients(RecipientType.BCC)).hasSize(1);
		});
	}

	@Test
	void aLargeMessageToAnInternationalAddressArrivesWhole() {
		this.runner
			.withPropertyValues("mailio.content.memory-threshold=1KB", "mailio.queue.content-threshold=4KB",
					"mailio.content.directory=" + this.directory.resolve("temporary"))
			.run((context) -> {
				MimeMessage message = sender(context).createMimeMessage();
				message.setFrom("app@foo.com");
				message.setRecipient(RecipientType.TO, new InternetAddress("jürgen@elsewhere.example"));
				message.setText("0123456789\n".repeat(20_000));
				sender(context).send(message);
				await().until(() -> !this.letters.isEmpty());
				Letter letter = this.letters.remove();
				assertThat(letter.envelope().isInternational()).isTrue();
				assertThat(letter.envelope().to()).hasToString("[jürgen@elsewhere.example]");
				assertThat(letter.content()).endsWith("\r\n\r\n" + "0123456789\r\n".repeat(20_000));
				assertThat(this.directory.resolve("temporary")).isEmptyDirectory();
			});
	}

	@Test
	void aSmartHostWithALoginIsSpokenToOverVerifiedTlsOnly() throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(KeyStore.getInstance(new ClassPathResource("mail.p12").getFile(), "changeit".toCharArray()),
				"changeit".toCharArray());
		SmtpServer guarded = otherServer().tls(Tls.builder(keys).build())
			.handler("auth", "guard",
					(req, res) -> req.user().username().equals("me") && req.user().password().equals("secret")
							? res.accept() : res.reject(535, "Authentication failed"))
			.handler("mail", "guard",
					(req, res) -> req.session().authenticated() ? res.accept() : res.reject(530, "Who are you?"))
			.build();
		guarded.start();
		ApplicationContextRunner withLogin = this.runner
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues("mailio.relay.smart-host.host=localhost",
					"mailio.relay.smart-host.port=" + guarded.port(), "mailio.relay.smart-host.username=me",
					"mailio.relay.smart-host.password=secret",
					"spring.ssl.bundle.jks.mail.truststore.location=classpath:mail.p12",
					"spring.ssl.bundle.jks.mail.truststore.password=changeit",
					"spring.ssl.bundle.jks.mail.truststore.type=PKCS12");
		try (guarded) {
			withLogin.withPropertyValues("mailio.queue.directory=" + this.directory.resolve("distrustful"))
				.run((context) -> {
					sender(context).send(simple("you@elsewhere.example"));
					Events events = context.getBean(Events.class);
					await().until(() -> !events.all.isEmpty());
					assertThat(events.all).first().isInstanceOf(MailDeferredEvent.class);
				});
			assertThat(this.letters).isEmpty();
			withLogin.withPropertyValues("mailio.relay.tls.bundle=mail").run((context) -> {
				sender(context).send(simple("you@elsewhere.example"));
				await().until(() -> !this.letters.isEmpty());
				assertThat(this.letters.remove().content()).contains("with ESMTPSA id ");
			});
			withLogin
				.withPropertyValues("mailio.relay.tls.bundle=changing",
						"spring.ssl.bundle.jks.changing.truststore.location=classpath:other.p12",
						"spring.ssl.bundle.jks.changing.truststore.password=changeit",
						"spring.ssl.bundle.jks.changing.truststore.type=PKCS12")
				.run((context) -> {
					sender(context).send(simple("you@elsewhere.example"));
					Events events = context.getBean(Events.class);
					await().until(() -> !events.all.isEmpty());
					assertThat(events.all).first().isInstanceOf(MailDeferredEvent.class);
					context.getBean(SslBundleRegistry.class)
						.updateBundle("changing", context.getBean(SslBundles.class).getBundle("mail"));
					context.getBean(SmtpRelay.class).retryNow(events.all.element().id());
					await().until(() -> !this.letters.isEmpty());
					assertThat(this.letters.remove().content()).contains("with ESMTPSA id ");
				});
		}
	}

	@Test
	void whatIsRefusedComesBackAndIsTold() {
		this.runner.run((context) -> {
			sender(context).send(simple("nobody@elsewhere.example"));
			Events events = context.getBean(Events.class);
			await().until(() -> events.queued.size() == 2);
			assertThat(events.queued).extracting((event) -> event.envelope().to().toString())
				.containsExactly("[nobody@elsewhere.example]", "[app@foo.com]");
			assertThat(events.queued).allSatisfy((event) -> assertThat(event.results()).isEmpty());
			await().until(() -> events.all.stream().anyMatch(MailBouncedEvent.class::isInstance));
			MailBouncedEvent event = (MailBouncedEvent) events.all.stream()
				.filter(MailBouncedEvent.class::isInstance)
				.findFirst()
				.orElseThrow();
			assertThat(event.results()).singleElement().satisfies((result) -> {
				assertThat(result.recipient().mailbox()).isEqualTo(Mailbox.of("nobody@elsewhere.example"));
				assertThat(result.reply().toString()).contains("No such user here");
			});
			await().untilAsserted(() -> assertThat(this.directory.resolve("mail/foo.com/app/new"))
				.isDirectoryContaining((file) -> file.toFile().length() > 0));
		});
	}

	@Test
	void whatHasToWaitIsTold() {
		this.runner.run((context) -> {
			sender(context).send(simple("busy@elsewhere.example"));
			Events events = context.getBean(Events.class);
			await().until(() -> !events.all.isEmpty());
			assertThat(events.all).first()
				.isInstanceOfSatisfying(MailDeferredEvent.class,
						(event) -> assertThat(event.retryAt()).isAfter(Instant.now()));
		});
	}

	@Test
	void aMessageIsSentLater() {
		this.runner.run((context) -> {
			MimeMessage message = sender(context).createMimeMessage();
			message.setFrom("app@foo.com");
			message.setRecipients(RecipientType.TO, "you@elsewhere.example");
			message.setText("later");
			QueueId id = sender(context).send(message, Instant.now().plus(Duration.ofDays(1)));
			assertThat(context.getBean(SmtpRelay.class).queue().find(id)).get()
				.extracting((one) -> one.waiting().get(0).state())
				.isEqualTo(MessageState.DEFERRED);
			context.getBean(SmtpRelay.class).queue().retryNow(id);
			await().until(() -> !this.letters.isEmpty());
		});
	}

	@Test
	void whatCannotBeSentIsNamedAndTheOthersAreSent() {
		this.runner.run((context) -> {
			SimpleMailMessage good = simple("you@elsewhere.example");
			SimpleMailMessage toNobody = simple();
			SimpleMailMessage noSender = simple("you@elsewhere.example");
			noSender.setFrom(null);
			SimpleMailMessage noDomain = simple("postmaster");
			MailSendException failure = catchThrowableOfType(MailSendException.class,
					() -> sender(context).send(toNobody, noSender, good, noDomain, good));
			assertThat(failure.getFailedMessages()).containsOnlyKeys(toNobody, noSender, noDomain);
			assertThat(failure).hasMessageContaining("has no recipients").hasMessageContaining("has no sender");
			await().until(() -> this.letters.size() == 2);
		});
	}

	@ParameterizedTest
	@CsvSource({ "nobody, nobody", "postmaster, postmaster", "no\u202ebody, no\\u{202e}body" })
	void anAddressThatIsNoneIsNamedWithTheReason(String address, String shown) {
		this.runner.run((context) -> assertThatExceptionOfType(MailSendException.class)
			.isThrownBy(() -> sender(context).send(simple(address)))
			.withMessageContaining("AddressException: '" + shown + "' cannot be used: Not a mail address: the ")
			.satisfies((failure) -> assertThat(failure.getMessageExceptions()).singleElement()
				.isInstanceOf(AddressException.class)));
	}

	@Test
	void whatIsWrongBeforeSendingIsToldAsTheInterfaceSays() {
		this.runner.run((context) -> {
			MailioMailSender sender = sender(context);
			assertThatExceptionOfType(MailParseException.class).isThrownBy(() -> sender.send(simple("a@b@c <")));
			assertThatExceptionOfType(MailPreparationException.class).isThrownBy(() -> sender.send((message) -> {
				throw new IllegalArgumentException("no");
			}));
			MimeMessage parsed = sender.createMimeMessage(
					new ByteArrayInputStream("From: app@foo.com\nTo: you@elsewhere.example\n\nbare\rlines\n"
						.getBytes(StandardCharsets.US_ASCII)));
			sender.send(parsed);
			await().until(() -> !this.letters.isEmpty());
			assertThat(this.letters.remove().content()).endsWith("\r\n\r\nbare\r\nlines\r\n");
		});
	}

	@Test
	void aServerThatDoesNotRunSendsNothing() {
		this.runner.run((context) -> {
			context.stop();
			assertThatExceptionOfType(MailSendException.class)
				.isThrownBy(() -> sender(context).send(simple("you@elsewhere.example")))
				.satisfies((failure) -> assertThat(failure.getMessageExceptions()).singleElement()
					.isInstanceOf(IllegalStateException.class));
		});
	}

	@Test
	void mailboxesAndListenersOfTheApplicationTakePart() {
		Queue<Envelope> kept = new ConcurrentLinkedQueue<>();
		Queue<QueueId> heard = new ConcurrentLinkedQueue<>();
		this.runner.withBean(LocalDelivery.class, () -> new Mailboxes(kept))
			.withBean(RelayListener.class, () -> new RelayListener() {
				@Override
				public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
					heard.add(id);
				}
			})
			.run((context) -> {
				sender(context).send(simple("you@inside.example"));
				await().until(() -> !heard.isEmpty());
				assertThat(kept).singleElement()
					.satisfies((envelope) -> assertThat(envelope.to()).hasToString("[you@inside.example]"));
				assertThat(context.getBean(Events.class).all).hasSize(1);
			});
	}

	/**
	 * What has arrived.
	 *
	 * @param envelope its envelope
	 * @param content its octets
	 */
	private record Letter(Envelope envelope, String content) {
	}

	/**
	 * Mailboxes of a domain that the server itself does not serve.
	 *
	 * @param kept what was put into them
	 */
	private record Mailboxes(Queue<Envelope> kept) implements LocalDelivery {

		@Override
		public boolean serves(Mailbox recipient) {
			return recipient.domain().equals("inside.example");
		}

		@Override
		public List<Outcome> deliver(Envelope envelope, Content content) {
			this.kept.add(envelope);
			return envelope.to()
				.stream()
				.map((recipient) -> new Outcome(recipient, Outcome.Kind.DELIVERED, new Reply(250, "Kept")))
				.toList();
		}

	}

	static class Events {

		private final Queue<MailDeliveryEvent> all = new ConcurrentLinkedQueue<>();

		private final Queue<MailQueuedEvent> queued = new ConcurrentLinkedQueue<>();

		@EventListener
		void on(MailDeliveryEvent event) {
			if (event instanceof MailQueuedEvent queued) {
				this.queued.add(queued);
			}
			else {
				this.all.add(event);
			}
		}

	}

}
