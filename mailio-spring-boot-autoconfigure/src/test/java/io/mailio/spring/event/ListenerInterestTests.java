/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.mailio.handler.SessionListener.Kind;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerInterestTests {

	@Test
	void nobodyListensInAPlainApplication() {
		SpringApplication application = new SpringApplication(Nobody.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(kinds(context)).isEmpty();
		}
	}

	@Test
	void listenerOfOneEventMeansThatKind() {
		assertThat(kindsWith(OnStarted.class)).containsExactly(Kind.STARTED);
	}

	@Test
	void listenerBeanMeansTheKindItDeclares() {
		assertThat(kindsWith(EndedListener.class)).containsExactly(Kind.ENDED);
	}

	@Test
	void listenerOfASuperTypeMeansAllKinds() {
		assertThat(kindsWith(OnSessionEvent.class)).containsExactly(Kind.values());
		assertThat(kindsWith(OnApplicationEvent.class)).containsExactly(Kind.values());
		assertThat(kindsWith(OnObject.class)).containsExactly(Kind.values());
	}

	@Test
	void listenerOfSeveralEventsMeansThose() {
		assertThat(kindsWith(OnMessages.class)).containsExactly(Kind.MESSAGE_RECEIVED, Kind.MESSAGE_REJECTED);
	}

	@Test
	void genericListenerIsAsked() {
		assertThat(kindsWith(Generic.class)).containsExactly(Kind.AUTHENTICATED);
	}

	@Test
	void lazyListenersCountWithoutBeingMade() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("lazy", EndedListener.class, () -> {
				throw new AssertionError("The bean was made");
			}, (definition) -> definition.setLazyInit(true));
			context.registerBean("lazyMethod", OnStarted.class, () -> {
				throw new AssertionError("The bean was made");
			}, (definition) -> definition.setLazyInit(true));
			context.refresh();
			assertThat(kinds(context)).containsExactly(Kind.STARTED, Kind.ENDED);
		}
	}

	@Test
	void listenersOfTheParentContextCount() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OnStarted.class)
			.web(WebApplicationType.NONE)
			.child(Nobody.class)
			.run()) {
			assertThat(kinds(context)).containsExactly(Kind.STARTED);
		}
	}

	@Test
	void listenersThatComeAndGoAreNoticed() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Nobody.class)) {
			ListenerInterest<Kind> interest = SessionEventPublisher.interest(context);
			assertThat(interest.isIn(Kind.ENDED)).isFalse();
			EndedListener listener = new EndedListener();
			context.addApplicationListener(listener);
			assertThat(interest.isIn(Kind.ENDED)).isTrue();
			context.removeApplicationListener(listener);
			assertThat(interest.isIn(Kind.ENDED)).isFalse();
		}
	}

	private static List<Kind> kindsWith(Class<?> listener) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(listener)) {
			return kinds(context);
		}
	}

	private static List<Kind> kinds(ConfigurableApplicationContext context) {
		ListenerInterest<Kind> interest = SessionEventPublisher.interest(context);
		return Stream.of(Kind.values()).filter(interest::isIn).toList();
	}

	static class Nobody {

		@EventListener
		void onRefresh(ContextRefreshedEvent event) {
		}

		@EventListener
		void onText(String payload) {
		}

	}

	static class OnStarted {

		@EventListener
		void on(SmtpSessionStartedEvent event) {
		}

	}

	static class EndedListener implements ApplicationListener<SmtpSessionEndedEvent> {

		@Override
		public void onApplicationEvent(SmtpSessionEndedEvent event) {
		}

	}

	static class OnSessionEvent {

		@EventListener
		void on(SmtpSessionEvent event) {
		}

	}

	static class OnApplicationEvent {

		@EventListener
		void on(ApplicationEvent event) {
		}

	}

	static class OnObject {

		@EventListener
		void on(Object event) {
		}

	}

	static class OnMessages {

		@EventListener({ SmtpMessageReceivedEvent.class, SmtpMessageRejectedEvent.class })
		void on() {
		}

	}

	static class Generic implements GenericApplicationListener {

		private final Consumer<ApplicationEvent> nothing = (event) -> {
		};

		@Override
		public boolean supportsEventType(ResolvableType eventType) {
			return eventType.toClass() == SmtpAuthenticationEvent.class;
		}

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			this.nothing.accept(event);
		}

	}

}
