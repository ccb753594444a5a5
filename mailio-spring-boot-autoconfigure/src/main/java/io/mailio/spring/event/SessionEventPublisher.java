/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Duration;
import java.util.Map;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.ResolvableType;

/**
 * Publishes what the server tells as application events. The auto-configuration adds it
 * to the server, also to one that the application defines.
 */
public final class SessionEventPublisher implements SessionListener {

	private static final Map<Kind, ResolvableType> EVENTS = Map.of(Kind.STARTED,
			ResolvableType.forClass(SmtpSessionStartedEvent.class), Kind.AUTHENTICATED,
			ResolvableType.forClass(SmtpAuthenticationEvent.class), Kind.MESSAGE_RECEIVED,
			ResolvableType.forClass(SmtpMessageReceivedEvent.class), Kind.MESSAGE_REJECTED,
			ResolvableType.forClass(SmtpMessageRejectedEvent.class), Kind.ENDED,
			ResolvableType.forClass(SmtpSessionEndedEvent.class));

	private final ApplicationEventPublisher publisher;

	private final ListenerInterest<Kind> interest;

	/**
	 * Publishes to a context and its parents.
	 * @param context the context
	 */
	public SessionEventPublisher(ApplicationContext context) {
		this.publisher = context;
		this.interest = interest(context);
	}

	static ListenerInterest<Kind> interest(ApplicationContext context) {
		return new ListenerInterest<>(context, EVENTS);
	}

	@Override
	public boolean listensTo(Kind kind) {
		return this.interest.isIn(kind);
	}

	@Override
	public void started(SmtpSession session) {
		this.publisher.publishEvent(new SmtpSessionStartedEvent(session));
	}

	@Override
	public void authenticated(SmtpSession session, String username, boolean successful) {
		this.publisher.publishEvent(new SmtpAuthenticationEvent(session, username, successful));
	}

	@Override
	public void messageReceived(SmtpSession session, Envelope envelope, long size) {
		this.publisher.publishEvent(new SmtpMessageReceivedEvent(session, envelope, size));
	}

	@Override
	public void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
		this.publisher.publishEvent(new SmtpMessageRejectedEvent(session, envelope, reply));
	}

	@Override
	public void ended(SmtpSession session, Duration duration) {
		this.publisher.publishEvent(new SmtpSessionEndedEvent(session, duration));
	}

}
