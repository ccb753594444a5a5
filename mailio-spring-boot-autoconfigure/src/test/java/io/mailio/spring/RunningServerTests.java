/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.mailio.SmtpServer;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.autoconfigure.MailioAutoConfiguration;
import io.mailio.spring.event.SmtpMessageReceivedEvent;
import io.mailio.spring.event.SmtpMessageRejectedEvent;
import io.mailio.spring.event.SmtpSessionEndedEvent;
import io.mailio.spring.event.SmtpSessionEvent;
import io.mailio.spring.event.SmtpSessionStartedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What the properties, events and the lifecycle do on the wire. */
@Timeout(60)
class RunningServerTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.hostname=mx.example.com",
				"mailio.domains=example.com", "mailio.auth.require-tls=false",
				"mailio.handlers.queue.maildir.enabled=false", "mailio.handlers.queue.discard.enabled=true");

	@Test
	void eventsOfASessionComeInOrderAndNotOnAnEventLoop() {
		this.runner.withUserConfiguration(Refusal.class).withBean(Events.class).run((context) -> {
			try (SmtpTestClient client = client(context)) {
				client.send("EHLO client.example");
				message(client, "good");
				message(client, "bad");
				client.send("QUIT");
			}
			Events events = context.getBean(Events.class);
			assertThat(events.next()).isInstanceOf(SmtpSessionStartedEvent.class);
			assertThat(events.next()).isInstanceOfSatisfying(SmtpMessageReceivedEvent.class, (event) -> {
				assertThat(event.envelope().to()).hasToString("[good@example.com]");
				assertThat(event.size()).isPositive();
			});
			assertThat(events.next()).isInstanceOfSatisfying(SmtpMessageRejectedEvent.class,
					(event) -> assertThat(event.reply().code()).isEqualTo(554));
			assertThat(events.next()).isInstanceOf(SmtpSessionEndedEvent.class);
			assertThat(events.onEventLoop).isFalse();
		});
	}

	@Test
	void eventsAndHandlersOfAServerOfTheApplicationAreTheSame() {
		this.runner.withUserConfiguration(OwnServer.class, Refusal.class).withBean(Events.class).run((context) -> {
			// A second start must not publish twice.
			context.stop();
			context.start();
			try (SmtpTestClient client = client(context)) {
				client.send("EHLO client.example");
				message(client, "good");
				message(client, "bad");
				client.send("QUIT");
			}
			Events events = context.getBean(Events.class);
			assertThat(List.of(events.next(), events.next(), events.next(), events.next())).extracting("class")
				.containsExactly(SmtpSessionStartedEvent.class, SmtpMessageReceivedEvent.class,
						SmtpMessageRejectedEvent.class, SmtpSessionEndedEvent.class);
			assertThat(events.onEventLoop).isFalse();
		});
	}

	@Test
	void contextThatFailsAfterTheServerHasStartedClosesIt() {
		SmtpServer server = SmtpServer.builder().port(0).discard().build();
		this.runner.withBean(SmtpServer.class, () -> server).withBean(FailsLast.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context).getFailure().rootCause().hasMessage("The server runs: true");
			assertThat(server.isRunning()).isFalse();
		});
	}

	@Test
	void applicationThatFailsWhenItIsReadyClosesTheServer() {
		SmtpServer server = SmtpServer.builder().port(0).discard().build();
		SpringApplication application = new SpringApplication(MailioAutoConfiguration.class);
		application.addInitializers((context) -> {
			GenericApplicationContext beans = (GenericApplicationContext) context;
			beans.registerBean(SmtpServer.class, () -> server);
			beans.registerBean(ApplicationRunner.class, () -> (arguments) -> {
				throw new IllegalStateException("The server runs: " + server.isRunning());
			});
		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(application::run)
			.withMessage("The server runs: true");
		assertThat(server.isRunning()).isFalse();
	}

	@Test
	void runningServerKeepsTheJvmAliveAndAStoppedOneDoesNot() {
		Set<Thread> before = eventLoops();
		this.runner.run((context) -> assertThat(eventLoopsSince(before)).isNotEmpty());
		await().untilAsserted(() -> assertThat(eventLoopsSince(before)).isEmpty());
	}

	private static Set<Thread> eventLoopsSince(Set<Thread> before) {
		Set<Thread> threads = eventLoops();
		threads.removeAll(before);
		return threads;
	}

	/** Those that keep the JVM alive; a cached application context may have some. */
	private static Set<Thread> eventLoops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread instanceof NonBlocking && !thread.isDaemon())
			.collect(Collectors.toCollection(HashSet::new));
	}

	@Test
	void configuredUsersMayLogIn() {
		this.runner.withPropertyValues("mailio.auth.users.john.password=doe").run((context) -> {
			try (SmtpTestClient client = client(context)) {
				assertThat(client.send("EHLO client.example")).contains("AUTH SCRAM-SHA-256 PLAIN LOGIN");
				assertThat(client.send("AUTH PLAIN AGpvaG4AZG9v")).startsWith("535 ");
				assertThat(client.send("AUTH PLAIN AGpvaG4AZG9l")).startsWith("235 ");
			}
		});
	}

	@Test
	void handlerSeesItsOwnProperties() {
		this.runner.withBean("greeting", Greeting.class)
			.withPropertyValues("mailio.handlers.connect.greeting.text=Welcome")
			.run((context) -> {
				try (SmtpTestClient client = new SmtpTestClient(context.getBean(SmtpServer.class).port())) {
					assertThat(client.reply()).isEqualTo("220 Welcome");
				}
			});
	}

	@Test
	void switchedOffHandlerIsNotAskedAndStaysAnAnchor() {
		this.runner.withUserConfiguration(Anchored.class)
			.withPropertyValues("mailio.handlers.mail.refuser.enabled=false")
			.run((context) -> {
				assertThat(context.getBean(SmtpServer.class).handlers()).containsEntry("mail",
						List.of("core", "first"));
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO client.example");
					assertThat(client.send("MAIL FROM:<>")).startsWith("250 ");
				}
			});
	}

	@Test
	void timeoutOfAHandlerIsItsDeadline() {
		this.runner.withBean(Stuck.class).run((context) -> {
			try (SmtpTestClient client = client(context)) {
				assertThat(client.send("NOOP")).startsWith("451 ");
			}
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void handlersAndListenersRunOnVirtualThreadsWhenEnabled() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true")
			.withBean(Threads.class)
			.withBean(Events.class)
			.run((context) -> {
				try (SmtpTestClient client = client(context)) {
					assertThat(client.send("XBLOCKING")).endsWith("false");
					assertThat(client.send("XNAME")).contains("VirtualThread", "smtp-handler-");
				}
				Events events = context.getBean(Events.class);
				assertThat(events.next()).isInstanceOf(SmtpSessionStartedEvent.class);
				assertThat(events.next()).isInstanceOf(SmtpSessionEndedEvent.class);
				assertThat(events.onEventLoop).isFalse();
			});
	}

	@Test
	void handlerThatPromisesNotToBlockRunsOnTheEventLoop() {
		this.runner.withBean(Threads.class).run((context) -> {
			try (SmtpTestClient client = client(context)) {
				assertThat(client.send("XINLINE")).endsWith("true");
				assertThat(client.send("XBLOCKING")).endsWith("false");
				assertThat(client.send("XREACTIVE")).endsWith("true");
			}
		});
	}

	@Test
	void handlerAddedToTheServerCanBeSwitchedOff() {
		this.runner
			.withBean(SmtpServerCustomizer.class,
					() -> (builder) -> builder.handler("mail", "refuser", (req, res) -> res.reject(550, "No")))
			.withPropertyValues("mailio.handlers.mail.refuser.enabled=false")
			.run((context) -> assertThat(context.getBean(SmtpServer.class).handlers()).containsEntry("mail",
					List.of("core")));
	}

	@Test
	void limitsAndRelayFollowTheirProperties() {
		this.runner.withPropertyValues("mailio.limits.message-size=10KB", "mailio.handlers.rcpt.relay.enabled=false")
			.run((context) -> {
				try (SmtpTestClient client = client(context)) {
					assertThat(client.send("EHLO client.example")).contains("mx.example.com").contains("SIZE 10240");
					client.send("MAIL FROM:<>");
					assertThat(client.send("RCPT TO:<somebody@elsewhere.example>")).startsWith("250 ");
				}
			});
	}

	@Test
	void closingTheContextLetsAMessageInFlightFinish() {
		this.runner.withBean("slow", Slow.class).run((context) -> {
			Slow slow = context.getBean(Slow.class);
			try (SmtpTestClient client = client(context)) {
				client.send("EHLO client.example");
				client.send("MAIL FROM:<>");
				client.send("RCPT TO:<good@example.com>");
				client.send("DATA");
				client.write("Subject: Hello\r\n\r\n.");
				slow.entered.await();
				Thread closing = new Thread(context::close);
				closing.start();
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
					while (true) {
						new SmtpTestClient(slow.port).close();
					}
				});
				slow.proceed.countDown();
				assertThat(client.reply()).startsWith("250 ");
				assertThat(client.reply()).startsWith("421 ");
				closing.join();
			}
		});
	}

	private static SmtpTestClient client(AssertableApplicationContext context) throws IOException {
		SmtpTestClient client = new SmtpTestClient(context.getBean(SmtpServer.class).port());
		client.reply();
		return client;
	}

	private static void message(SmtpTestClient client, String to) throws IOException {
		client.send("MAIL FROM:<>");
		client.send("RCPT TO:<" + to + "@example.com>");
		client.send("DATA");
		client.send("Subject: Hello\r\n\r\nIt works.\r\n.");
	}

	static class Events {

		private final BlockingQueue<SmtpSessionEvent> seen = new LinkedBlockingQueue<>();

		private volatile boolean onEventLoop;

		@EventListener
		void on(SmtpSessionEvent event) {
			this.onEventLoop |= Thread.currentThread() instanceof NonBlocking;
			this.seen.add(event);
		}

		SmtpSessionEvent next() throws InterruptedException {
			return this.seen.poll(10, TimeUnit.SECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Refusal {

		@Bean
		@SmtpHandler(command = "queue")
		CommandHandler refusal() {
			return (req, res) -> req.session().envelope().to().get(0).localPart().equals("bad")
					? res.reject(554, "Not this one") : res.accept();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServer {

		@Bean
		SmtpServer ownServer() {
			return SmtpServer.builder().port(0).domains("example.com").discard().build();
		}

	}

	/** Starts after the server, and fails. */
	static class FailsLast implements SmartLifecycle {

		private final SmtpServer server;

		FailsLast(SmtpServer server) {
			this.server = server;
		}

		@Override
		public void start() {
			throw new IllegalStateException("The server runs: " + this.server.isRunning());
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	@SmtpHandler(command = "connect")
	static class Greeting implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			Map<String, String> config = req.config();
			return res.accept(220, config.get("text"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Anchored {

		@Bean
		@SmtpHandler(command = "mail", before = "refuser")
		CommandHandler first() {
			return (req, res) -> res.accept();
		}

		@Bean
		@SmtpHandler(command = "mail")
		CommandHandler refuser() {
			return (req, res) -> res.reject(550, "No");
		}

	}

	static class Stuck {

		@SmtpHandler(command = "noop", timeout = "50ms")
		Decision never() throws InterruptedException {
			new CountDownLatch(1).await();
			return Decision.accept();
		}

	}

	static class Threads {

		@SmtpHandler(command = "xinline", blocking = false)
		Decision inline() {
			return where();
		}

		@SmtpHandler(command = "xblocking")
		Decision blocking() {
			return where();
		}

		@SmtpHandler(command = "xname")
		Decision name() {
			return Decision.accept(250, Thread.currentThread().toString());
		}

		@SmtpHandler(command = "xreactive")
		Mono<Decision> reactive() {
			return Mono.just(where());
		}

		private static Decision where() {
			return Decision.accept(250, "On the event loop: " + (Thread.currentThread() instanceof NonBlocking));
		}

	}

	@SmtpHandler(command = "queue")
	static class Slow implements CommandHandler {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch proceed = new CountDownLatch(1);

		private volatile int port;

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) throws InterruptedException {
			this.port = req.session().connection().local().getPort();
			this.entered.countDown();
			this.proceed.await();
			return res.accept();
		}

	}

}
