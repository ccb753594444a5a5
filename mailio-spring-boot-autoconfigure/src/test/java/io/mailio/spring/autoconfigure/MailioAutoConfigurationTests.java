/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.mailio.SmtpServer;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.spring.LocalSmtpPort;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.SmtpHandlerExecutor;
import io.mailio.spring.SmtpServerCustomizer;
import io.mailio.spring.lifecycle.SmtpServerGracefulShutdownLifecycle;
import io.mailio.spring.lifecycle.SmtpServerStartStopLifecycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

@ExtendWith(OutputCaptureExtension.class)
class MailioAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.handlers.queue.maildir.enabled=false",
				"mailio.handlers.queue.discard.enabled=true");

	private final SmtpServer ownServer = ownServer();

	@Test
	void startsAServerAndPublishesItsPort() {
		this.runner.run((context) -> {
			SmtpServer server = context.getBean(SmtpServer.class);
			assertThat(server.isRunning()).isTrue();
			assertThat(context.getEnvironment().getProperty("local.mailio.port", Integer.class))
				.isEqualTo(server.port());
		});
	}

	@Test
	void stopsTheServerWithTheContext() {
		SmtpServer[] server = new SmtpServer[1];
		this.runner.run((context) -> server[0] = context.getBean(SmtpServer.class));
		assertThat(server[0].isRunning()).isFalse();
	}

	@Test
	void doesNothingWhenDisabled() {
		this.runner.withPropertyValues("mailio.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SmtpServer.class)
				.doesNotHaveBean(SmtpServerStartStopLifecycle.class)
				.doesNotHaveBean(MailioProperties.class));
	}

	@Test
	void serverOfTheApplicationReplacesOurs() {
		ownServerRunner().run((context) -> {
			assertThat(context).hasSingleBean(SmtpServer.class);
			verify(this.ownServer).start();
		});
		verify(this.ownServer).drain();
	}

	@Test
	void annotatedHandlersAreAddedToTheServerOfTheApplication() {
		ownServerRunner().withBean("mailRoom", MailRoom.class).run((context) -> {
			verify(this.ownServer).addHandler(eq("rcpt"), eq("mailRoom.decide"), any(), any(CommandHandler.class));
			verify(this.ownServer).addReactiveHandler(eq("data"), eq("mailRoom.later"), any(),
					any(ReactiveCommandHandler.class));
			verify(this.ownServer, never()).disableHandler(eq("rcpt"), any());
		});
	}

	@Test
	void handlersOfTheServerOfTheApplicationCanBeSwitchedOff() {
		SmtpServer server = SmtpServer.builder().port(0).discard().build();
		server.addHandler("rcpt", "byHand", (req, res) -> res.accept());
		this.runner.withBean("ownServer", SmtpServer.class, () -> server)
			.withBean("mailRoom", MailRoom.class)
			.withPropertyValues("mailio.handlers.rcpt.mail-room.decide.enabled=false",
					"mailio.handlers.rcpt.by-hand.enabled=false", "mailio.handlers.rcpt.relay.enabled=false",
					"mailio.handlers.rcpt.later.enabled=false")
			.run((context) -> {
				assertThat(server.handlers()).containsEntry("rcpt", List.of("core"));
				server.addHandler("rcpt", "later", (req, res) -> res.accept());
				assertThat(server.handlers()).containsEntry("rcpt", List.of("core"));
			});
	}

	@Test
	void nothingIsClaimedAboutWhereAServerOfTheApplicationKeepsMail(CapturedOutput output, @TempDir Path mail) {
		SmtpServer server = SmtpServer.builder().port(0).maildir(mail + "/%d/%n").build();
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
			.withBean("ownServer", SmtpServer.class, () -> server)
			.run((context) -> assertThat(server.handlers().get("queue")).contains("maildir"));
		assertThat(output).contains("Mail goes through headers, maildir").doesNotContain("is kept in");
	}

	@Test
	void warningsAtStartComeWithProperties(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
			.withPropertyValues("mailio.handlers.queue.maildir.enabled=false", "mailio.listeners.a.port=0",
					"mailio.listeners.a.auth=required", "mailio.listeners.b.port=0", "mailio.listeners.b.auth=required",
					"mailio.ssl.bundle=")
			.run((context) -> assertThat(output).contains("'mailio.handlers.queue.maildir.enabled'",
					"'mailio.ssl.bundle'", "'mailio.auth.require-tls=false'"));
		this.runner
			.withPropertyValues("mailio.listeners.a.port=0", "mailio.listeners.a.auth=required",
					"mailio.auth.require-tls=false")
			.run((context) -> assertThat(output).contains("'mailio.auth.users.<name>.password'",
					"AuthenticationManager"));
	}

	@Test
	void misspeltHandlerPropertiesAreToldOnce(CapturedOutput output) {
		this.runner.withBean("mailRoom", MailRoom.class)
			.withPropertyValues("mailio.handlers.rcpt.mail-room.decide.enabled=false",
					"mailio.handlers.rcpt.relai.enabled=false", "mailio.handlers.queue.maildir.mail-dirr=x")
			.run((context) -> {
				context.stop();
				context.start();
				assertThat(output).containsOnlyOnce("Did you mean rcpt/relay?")
					.containsOnlyOnce("Did you mean mail-dir?")
					.doesNotContain("no handler rcpt/mail");
			});
	}

	@Test
	void customizersAreCalledInTheirOrder() {
		this.runner.withUserConfiguration(Customizers.class)
			.run((context) -> assertThat(context.getBean(Customizers.class).calls).containsExactly("first", "second"));
	}

	@Test
	void handlersRunOnPlatformThreadsByDefault() {
		this.runner.run((context) -> assertThat(threadOf(context.getBean(SmtpHandlerExecutor.class)).isDaemon())
			.as(() -> "platform thread of the pool")
			.isTrue());
		this.runner.run((context) -> assertThat(context).hasBean("smtpHandlerPlatformThreads")
			.doesNotHaveBean("smtpHandlerVirtualThreads"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void handlersRunOnVirtualThreadsWhenEnabled() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			assertThat(context).hasBean("smtpHandlerVirtualThreads").doesNotHaveBean("smtpHandlerPlatformThreads");
			Thread thread = threadOf(context.getBean(SmtpHandlerExecutor.class));
			assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
		});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void handlersRunOnPlatformThreadsWhereThereAreNoVirtualOnes() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(context).hasBean("smtpHandlerPlatformThreads"));
	}

	@Test
	void executorOfTheApplicationReplacesOurs() {
		SmtpHandlerExecutor own = SmtpHandlerExecutor.of(Runnable::run);
		this.runner.withBean(SmtpHandlerExecutor.class, () -> own)
			.run((context) -> assertThat(context.getBean(SmtpHandlerExecutor.class)).isSameAs(own));
	}

	@Test
	void applicationKeepsItsOwnTaskExecutor() {
		this.runner.run((context) -> {
			assertThat(context).hasBean("applicationTaskExecutor");
			assertThat(context.getBeansOfType(Executor.class)).containsOnlyKeys("applicationTaskExecutor");
		});
	}

	@Test
	void lazyInitializationStartsTheServerAndLeavesHandlersLazy() {
		ownServerRunner().withUserConfiguration(LazyHandler.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				verify(this.ownServer).start();
				verify(this.ownServer).addHandler(eq("rcpt"), eq("lazyHandler"), any(), any(CommandHandler.class));
				assertThat(context.getBeanFactory().containsSingleton("lazyHandler")).isFalse();
			});
	}

	@Test
	void lifecycleBeansStartAgainAfterAStop() {
		this.runner.run((context) -> {
			context.stop();
			assertThat(context.getBean(SmtpServer.class).isRunning()).isFalse();
			assertThat(context.getBean(SmtpServerGracefulShutdownLifecycle.class).isRunning()).isFalse();
			context.start();
			assertThat(context.getBean(SmtpServer.class).isRunning()).isTrue();
		});
	}

	@Test
	void localSmtpPortIsInjectedOnceTheServerHasStarted() {
		this.runner.withBean(PortHolder.class, PortHolder::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(context.getBean(PortHolder.class).port)
				.isEqualTo(context.getBean(SmtpServer.class).port()));
	}

	private ApplicationContextRunner ownServerRunner() {
		return this.runner.withBean("ownServer", SmtpServer.class, () -> this.ownServer);
	}

	private static SmtpServer ownServer() {
		SmtpServer server = mock(SmtpServer.class);
		given(server.drain()).willReturn(CompletableFuture.completedFuture(null));
		given(server.address()).willReturn(new InetSocketAddress("127.0.0.1", 2525));
		return server;
	}

	private static Thread threadOf(SmtpHandlerExecutor executor) {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		executor.executor().execute(() -> thread.complete(Thread.currentThread()));
		return thread.join();
	}

	static class MailRoom {

		@SmtpHandler(command = "rcpt")
		Decision decide() {
			return Decision.accept();
		}

		@SmtpHandler(command = "data")
		Mono<Decision> later() {
			return Mono.just(Decision.accept());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private final List<String> calls = new ArrayList<>();

		@Bean
		@Order(2)
		SmtpServerCustomizer second() {
			return (builder) -> this.calls.add("second");
		}

		@Bean
		@Order(1)
		SmtpServerCustomizer first() {
			return (builder) -> this.calls.add("first");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyHandler {

		@Bean
		@Lazy
		@SmtpHandler(command = "rcpt")
		CommandHandler lazyHandler() {
			return (req, res) -> res.accept();
		}

	}

	static class PortHolder {

		@LocalSmtpPort
		private int port;

	}

}
