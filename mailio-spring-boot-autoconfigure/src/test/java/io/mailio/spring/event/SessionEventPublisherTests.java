/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.mailio.handler.SessionListener.Kind;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class SessionEventPublisherTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Listener.class);

	private final SessionEventPublisher publisher = new SessionEventPublisher(this.context);

	private final SmtpSession session = mock(SmtpSession.class);

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void listensToWhatListenersTake() {
		assertThat(Kind.values()).allMatch(this.publisher::listensTo);
	}

	@Test
	void publishesEachEventWithItsFacts() {
		Envelope envelope = Envelope.of(ReversePath.NULL);
		Reply reply = new Reply(554, "no");
		this.publisher.started(this.session);
		this.publisher.authenticated(this.session, "john", true);
		this.publisher.messageReceived(this.session, envelope, 17);
		this.publisher.messageRejected(this.session, envelope, reply);
		this.publisher.ended(this.session, Duration.ofSeconds(3));
		List<SmtpSessionEvent> events = this.context.getBean(Listener.class).events;
		assertThat(events).hasSize(5).allMatch((event) -> event.session() == this.session);
		assertThat(events.get(0)).isInstanceOf(SmtpSessionStartedEvent.class);
		assertThat(events.get(1)).isInstanceOfSatisfying(SmtpAuthenticationEvent.class, (event) -> {
			assertThat(event.username()).isEqualTo("john");
			assertThat(event.successful()).isTrue();
		});
		assertThat(events.get(2)).isInstanceOfSatisfying(SmtpMessageReceivedEvent.class, (event) -> {
			assertThat(event.envelope()).isSameAs(envelope);
			assertThat(event.size()).isEqualTo(17);
		});
		assertThat(events.get(3)).isInstanceOfSatisfying(SmtpMessageRejectedEvent.class, (event) -> {
			assertThat(event.envelope()).isSameAs(envelope);
			assertThat(event.reply()).isSameAs(reply);
		});
		assertThat(events.get(4)).isInstanceOfSatisfying(SmtpSessionEndedEvent.class,
				(event) -> assertThat(event.duration()).isEqualTo(Duration.ofSeconds(3)));
	}

	static class Listener {

		private final List<SmtpSessionEvent> events = new ArrayList<>();

		@EventListener
		void on(SmtpSessionEvent event) {
			this.events.add(event);
		}

	}

}
