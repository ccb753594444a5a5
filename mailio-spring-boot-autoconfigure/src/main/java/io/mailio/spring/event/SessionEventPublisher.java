/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Duration;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what the server tells as application events. The auto-configuration adds it
 * to the server, also to one that the application defines.
 */
public final class SessionEventPublisher implements SessionListener {

	private final ApplicationEventPublisher publisher;

	private final ListenerInterest interest;

	/**
	 * Publishes to a context and its parents.
	 * @param context the context
	 */
	public SessionEventPublisher(ApplicationContext context) {
		this.publisher = context;
		this.interest = new ListenerInterest(context);
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
