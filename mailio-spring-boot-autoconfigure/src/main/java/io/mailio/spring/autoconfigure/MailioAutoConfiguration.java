/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.mailio.RelaySpec;
import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.command.Extension;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.ReactiveMailboxResolver;
import io.mailio.metrics.Meters;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.RelayListener;
import io.mailio.spring.SmtpHandlerExecutor;
import io.mailio.spring.SmtpServerCustomizer;
import io.mailio.spring.event.DeliveryEventPublisher;
import io.mailio.spring.event.SessionEventPublisher;
import io.mailio.spring.handler.HandlerDecorator;
import io.mailio.spring.handler.SmtpHandlerProcessor;
import io.mailio.spring.lifecycle.LocalPort;
import io.mailio.spring.lifecycle.SmtpServerGracefulShutdownLifecycle;
import io.mailio.spring.lifecycle.SmtpServerStart;
import io.mailio.spring.lifecycle.SmtpServerStartStopLifecycle;
import io.mailio.spring.lifecycle.StartupReport;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Runs an SMTP server in the application: an {@link SmtpServer} bean, unless the
 * application defines one; its lifecycle; the handlers that carry
 * {@link io.mailio.spring.SmtpHandler}; session events; the {@link SmtpRelay} that sends
 * mail, with delivery events.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "mailio.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MailioProperties.class)
public final class MailioAutoConfiguration {

	@Bean
	SessionEventPublisher smtpSessionEventPublisher(ApplicationContext context) {
		return new SessionEventPublisher(context);
	}

	@Bean
	static SmtpHandlerProcessor smtpHandlerProcessor(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<SmtpServer> server, ObjectProvider<HandlerDecorator> decorators, Environment environment) {
		return new SmtpHandlerProcessor(beanFactory, () -> new AnnotatedHandlerRegistry(server.getObject(),
				new HandlerProperties(environment), decorators.orderedStream().toList()));
	}

	@Bean
	SmtpServerStartStopLifecycle smtpServerStartStopLifecycle(SmtpServer server, SessionEventPublisher events,
			ObjectProvider<StartupReport> report, ConfigurableEnvironment environment) {
		// Here and not in the builder, so that a server bean of the user's tells its
		// sessions too.
		server.addSessionListener(events);
		List<SmtpServerStart> participants = new ArrayList<>();
		participants.add(new HandlerSwitches(new HandlerProperties(environment)));
		participants.add(new LocalPort(environment));
		report.ifAvailable(participants::add);
		return new SmtpServerStartStopLifecycle(server, participants);
	}

	@Bean
	SmtpServerGracefulShutdownLifecycle smtpServerGracefulShutdownLifecycle(SmtpServer server) {
		return new SmtpServerGracefulShutdownLifecycle(server);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(SmtpServer.class)
	static class ServerConfiguration {

		private static final Duration DEFAULT_GRACE_PERIOD = Duration.ofSeconds(30);

		@Bean
		SmtpServer smtpServer(MailioProperties properties, SmtpHandlerExecutor executor,
				ObjectProvider<SslBundles> bundles, ObjectProvider<SmtpServerCustomizer> customizers,
				ObjectProvider<Authenticator> authenticators, ObjectProvider<CredentialStore> credentialStore,
				ObjectProvider<Extension> extensions, ObjectProvider<SenderPolicy> senderPolicy,
				ObjectProvider<RelaySpec.QueueSource> queues, ObjectProvider<LocalDelivery> localDelivery,
				ObjectProvider<RelayListener> relayListeners, ObjectProvider<Meters> meters,
				ConfigurableEnvironment environment) {
			new PropertyNames(environment).check();
			SmtpServer.Builder builder = new ServerFactory(properties).builder(gracePeriod(environment));
			builder.handlerExecutor(executor.executor()).handlerConfig(new HandlerProperties(environment)::of);
			meters.ifUnique(builder::meters);
			BundledTls tls = BundledTls.of(properties.getSsl(), bundles);
			tls.give(builder::tls);
			Listeners listeners = new Listeners(properties.getListeners(),
					(name, listener) -> BundledTls.of(name, listener, properties.getSsl(), bundles),
					Binder.get(environment));
			listeners.configure(builder);
			new Authentication(authenticators.orderedStream().toList(), credentialStore.getIfAvailable(),
					properties.getAuth())
				.configure(builder);
			builder.senderPolicy(senderPolicy.getIfAvailable(() -> UserSenders.of(properties.getAuth().getUsers())));
			RelayFactory relay = new RelayFactory(properties, bundles);
			if (properties.getRelay().isEnabled()) {
				builder.relay((spec) -> relay.configure(spec, queues, localDelivery, relayListeners));
			}
			extensions.orderedStream().forEach(builder::extension);
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			SmtpServer server = builder.build();
			server.relay().ifPresent(relay::follow);
			tls.follow(server::updateTls);
			listeners.follow(server);
			return server;
		}

		/** Before those of the application, which have the last word. */
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		SmtpServerCustomizer smtpMailboxes(ObjectProvider<MailboxResolver> resolver,
				ObjectProvider<ReactiveMailboxResolver> reactiveResolver, ObjectProvider<MailboxQuota> quota) {
			return (builder) -> {
				resolver.ifAvailable(builder::mailboxResolver);
				reactiveResolver.ifAvailable(builder::reactiveMailboxResolver);
				quota.ifAvailable(builder::mailboxQuota);
			};
		}

		/** As long as Spring waits for the phase in which the server drains. */
		private static Duration gracePeriod(Environment environment) {
			return Binder.get(environment)
				.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
				.orElse(DEFAULT_GRACE_PERIOD);
		}

		/**
		 * Of a server of the application's own nobody knows here whether it has a relay:
		 * there the application defines this bean, too.
		 */
		@Bean
		@Lazy
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "mailio.relay.enabled", matchIfMissing = true)
		SmtpRelay smtpRelay(SmtpServer server) {
			return server.relay().orElseThrow();
		}

		/** Of a server of the application's own nobody here knows where it keeps mail. */
		@Bean
		StartupReport smtpStartupReport(MailioProperties properties, ObjectProvider<RelaySpec.QueueSource> queues) {
			return new StartupReport(properties.getHandlers().getQueue().getMaildir().getMailDir(),
					RelayFactory.place(properties.getQueue(), queues.getIfAvailable()),
					RelayFactory.way(properties.getRelay()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "mailio.relay.enabled", matchIfMissing = true)
	static class RelayConfiguration {

		@Bean
		@ConditionalOnMissingBean
		DeliveryEventPublisher mailDeliveryEventPublisher(ApplicationContext context) {
			return new DeliveryEventPublisher(context);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(SmtpHandlerExecutor.class)
	static class HandlerExecutorConfiguration {

		private static final int LEAST_THREADS = 20;

		private static final int THREADS_PER_PROCESSOR = 10;

		@Bean
		@ConditionalOnThreading(Threading.VIRTUAL)
		SmtpHandlerExecutor smtpHandlerVirtualThreads() {
			return SmtpHandlerExecutor.virtualThreads();
		}

		@Bean
		@ConditionalOnThreading(Threading.PLATFORM)
		SmtpHandlerExecutor smtpHandlerPlatformThreads() {
			return SmtpHandlerExecutor.platformThreads(
					Math.max(LEAST_THREADS, THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors()));
		}

	}

}
