/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

import javax.naming.Context;
import javax.naming.spi.InitialContextFactory;

import io.mailio.RelaySpec;
import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.dns.DnsOptions;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.QueueId;
import io.mailio.relay.RelayListener;
import io.mailio.smtp.Envelope;
import io.mailio.spring.mail.MailioMailSender;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.MailSender;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/** There is one sender of mail, and a relay where one is wanted. */
@ExtendWith(OutputCaptureExtension.class)
class MailioMailSenderAutoConfigurationTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner runner;

	@BeforeEach
	void useADirectoryOfOurOwn() {
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MailioMailSenderAutoConfiguration.class,
					MailioAutoConfiguration.class, MailSenderAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.relay.enabled=true",
					"mailio.queue.directory=" + this.directory.resolve("queue"),
					"mailio.handlers.queue.maildir.mail-dir=" + this.directory.resolve("mail/%d/%n"));
	}

	@Test
	void mailGoesThroughTheQueue(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).getBean(JavaMailSender.class).isInstanceOf(MailioMailSender.class);
			assertThat(context).hasSingleBean(MailSender.class).hasSingleBean(SmtpRelay.class);
			assertThat(context.getBean(SmtpRelay.class)).isSameAs(context.getBean(SmtpServer.class).relay().get());
			assertThat(context.getBean(SmtpServer.class).handlers().get("queue")).contains("relay");
			assertThat(this.directory.resolve("queue")).isDirectory();
		});
		assertThat(output).contains("Mail for others waits in " + this.directory.resolve("queue")
				+ " and goes to the mail exchangers of their domains");
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.mail.host=mail.example", "spring.mail.jndi-name=mail/session" })
	void anotherMailServerIsLeftToSpringBoot(String property) {
		this.runner.withSystemProperties(Context.INITIAL_CONTEXT_FACTORY + "=" + Jndi.class.getName())
			.withBean(Session.class, () -> Session.getInstance(new Properties()))
			.withPropertyValues(property)
			.run((context) -> {
				assertThat(context).hasSingleBean(MailSender.class);
				assertThat(context).getBean(JavaMailSender.class).isInstanceOf(JavaMailSenderImpl.class);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.mail.host=mail.example", "spring.mail.jndi-name=mail/session" })
	void anotherMailServerIsLeftAloneAlsoWithoutSpringBoot(String property) {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(MailioMailSenderAutoConfiguration.class, MailioAutoConfiguration.class))
			.withBean(SmtpServer.class, () -> SmtpServer.builder().port(0).discard().build())
			.withPropertyValues("mailio.relay.enabled=true", property)
			.run((context) -> assertThat(context).doesNotHaveBean(MailSender.class));
	}

	@Test
	void aSenderOfTheApplicationIsTheOnlyOne() {
		this.runner.withBean("own", MailSender.class, () -> mock(MailSender.class))
			.run((context) -> assertThat(context).hasSingleBean(MailSender.class)
				.doesNotHaveBean(MailioMailSender.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.mail", "jakarta.mail", "jakarta.activation" })
	void withoutTheClassesThereIsNoSender(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SmtpRelay.class)
				.doesNotHaveBean("mailSender"));
	}

	@Test
	void withoutARelayThereIsNoSender() {
		this.runner.withPropertyValues("mailio.relay.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(MailSender.class).doesNotHaveBean(SmtpRelay.class);
			assertThat(context.getBean(SmtpServer.class).relay()).isEmpty();
			assertThat(this.directory.resolve("queue")).doesNotExist();
		});
	}

	@Test
	void aServerOfTheApplicationWithoutARelayHasNoSender() {
		this.runner.withBean(SmtpServer.class, () -> SmtpServer.builder().port(0).discard().build())
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MailSender.class)
				.doesNotHaveBean(SmtpRelay.class));
	}

	@Test
	void aServerOfTheApplicationSendsWithTheRelayThatTheApplicationNames() {
		this.runner
			.withBean(SmtpServer.class,
					() -> SmtpServer.builder()
						.port(0)
						.discard()
						.dns(new DnsOptions(List.of("127.0.0.1:1"), Duration.ofMillis(100)))
						.relay((relay) -> relay.directory(this.directory.resolve("own")))
						.build())
			.withUserConfiguration(OwnRelay.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(SmtpRelay.class);
				JavaMailSender sender = context.getBean(JavaMailSender.class);
				sender.send(message(sender));
				assertThat(this.directory.resolve("own")).isDirectory();
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRelay {

		@Bean
		SmtpRelay ownRelay(SmtpServer server) {
			return server.relay().orElseThrow();
		}

	}

	@Test
	void aListenerMayKnowTheServerAndItsRelay() {
		this.runner.withPropertyValues("mailio.relay.smart-host.host=127.0.0.1", "mailio.relay.smart-host.port=1")
			.withBean(KnowingListener.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				KnowingListener listener = context.getBean(KnowingListener.class);
				JavaMailSender sender = context.getBean(JavaMailSender.class);
				sender.send(message(sender));
				await().until(() -> listener.queued.get() > 0);
				assertThat(listener.server.relay()).containsSame(listener.relay);
			});
	}

	static final class KnowingListener implements RelayListener {

		private final SmtpServer server;

		private final SmtpRelay relay;

		private final AtomicInteger queued = new AtomicInteger();

		KnowingListener(SmtpServer server, SmtpRelay relay) {
			this.server = server;
			this.relay = relay;
		}

		@Override
		public void queued(QueueId id, Envelope envelope) {
			this.queued.incrementAndGet();
		}

	}

	private static MimeMessage message(JavaMailSender sender) throws Exception {
		MimeMessage message = sender.createMimeMessage();
		message.setFrom("app@example.com");
		message.setRecipients(RecipientType.TO, "you@example.org");
		message.setText("x");
		return message;
	}

	@Test
	void aQueueOfTheApplicationReplacesTheFiles(CapturedOutput output) {
		Path own = this.directory.resolve("own");
		this.runner.withBean(RelaySpec.QueueSource.class, () -> () -> FileQueue.open(FileQueueOptions.in(own)))
			.run((context) -> {
				assertThat(own).isDirectory();
				assertThat(this.directory.resolve("queue")).doesNotExist();
			});
		assertThat(output).contains("Mail for others waits in the queue of the application");
	}

	@Test
	void aQueueInUseFailsWithTheProperties() {
		this.runner.run((first) -> this.runner.run((second) -> {
			assertThat(second).hasFailed();
			assertThat(new SmtpServerStartFailureAnalyzer().analyze(second.getStartupFailure()))
				.satisfies((analysis) -> assertThat(analysis.getAction()).contains("'mailio.queue.directory'"));
		}));
	}

	@Test
	void twoWaysToOneSmartHostAreRefused() {
		this.runner
			.withPropertyValues("mailio.relay.smart-host.host=hub.example", "mailio.relay.smart-host.port=587",
					"mailio.relay.routes[0].host=HUB.example", "mailio.relay.routes[0].username=me",
					"mailio.relay.routes[0].password=hush")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("names the smart host [hub.example]:587")
				.satisfies((failure) -> assertThat(failure).rootCause().hasMessageNotContaining("hush")));
	}

	@Test
	void aBundleOfTrustMustExistAndTrustSomebody() {
		this.runner.withPropertyValues("mailio.relay.tls.bundle=gone")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("There is no SSL bundle of this name"));
		String[] keys = { "spring.ssl.bundle.jks.mail.keystore.location=classpath:mail.p12",
				"spring.ssl.bundle.jks.mail.keystore.password=changeit",
				"spring.ssl.bundle.jks.mail.keystore.type=PKCS12", "mailio.relay.tls.bundle=mail" };
		this.runner.withPropertyValues(keys)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("has no trust store"));
		this.runner.withPropertyValues(keys)
			.withPropertyValues("spring.ssl.bundle.jks.mail.truststore.location=classpath:mail.p12",
					"spring.ssl.bundle.jks.mail.truststore.password=changeit",
					"spring.ssl.bundle.jks.mail.truststore.type=PKCS12")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	/** There is JNDI, with nothing in it. */
	public static final class Jndi implements InitialContextFactory {

		@Override
		public Context getInitialContext(Hashtable<?, ?> environment) {
			return mock(Context.class);
		}

	}

}
