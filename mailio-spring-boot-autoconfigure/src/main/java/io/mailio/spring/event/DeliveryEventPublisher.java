/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.mailio.queue.Outcome;
import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.RelayListener;
import io.mailio.smtp.Envelope;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.ResolvableType;

/**
 * Publishes what becomes of mail as application events. The auto-configuration gives it
 * to the server that it makes; a server that the application defines gets it with
 * {@link io.mailio.RelaySpec#listener}.
 */
public final class DeliveryEventPublisher implements RelayListener {

	private static final Map<Outcome.Kind, ResolvableType> EVENTS = Map.of(Outcome.Kind.DELIVERED,
			ResolvableType.forClass(MailDeliveredEvent.class), Outcome.Kind.DEFERRED,
			ResolvableType.forClass(MailDeferredEvent.class), Outcome.Kind.BOUNCED,
			ResolvableType.forClass(MailBouncedEvent.class));

	private final ApplicationEventPublisher publisher;

	private final ListenerInterest<Outcome.Kind> interest;

	/**
	 * Publishes to a context and its parents.
	 * @param context the context
	 */
	public DeliveryEventPublisher(ApplicationContext context) {
		this.publisher = context;
		this.interest = new ListenerInterest<>(context, EVENTS);
	}

	@Override
	public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
		if (this.interest.isIn(Outcome.Kind.DELIVERED)) {
			this.publisher.publishEvent(new MailDeliveredEvent(id, envelope, results));
		}
	}

	@Override
	public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
		if (this.interest.isIn(Outcome.Kind.DEFERRED)) {
			this.publisher.publishEvent(new MailDeferredEvent(id, envelope, results, retryAt));
		}
	}

	@Override
	public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
		if (this.interest.isIn(Outcome.Kind.BOUNCED)) {
			this.publisher.publishEvent(new MailBouncedEvent(id, envelope, results));
		}
	}

}
