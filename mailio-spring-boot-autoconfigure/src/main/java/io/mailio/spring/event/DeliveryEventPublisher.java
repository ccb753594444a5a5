/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

	private static final Map<Class<?>, ResolvableType> EVENTS = Stream
		.of(MailQueuedEvent.class, MailDeliveredEvent.class, MailDeferredEvent.class, MailBouncedEvent.class)
		.collect(Collectors.toUnmodifiableMap((type) -> type, ResolvableType::forClass));

	private final ApplicationEventPublisher publisher;

	private final ListenerInterest<Class<?>> interest;

	/**
	 * Publishes to a context and its parents.
	 * @param context the context
	 */
	public DeliveryEventPublisher(ApplicationContext context) {
		this.publisher = context;
		this.interest = new ListenerInterest<>(context, EVENTS);
	}

	@Override
	public boolean hearsQueued() {
		return this.interest.isIn(MailQueuedEvent.class);
	}

	@Override
	public void queued(QueueId id, Envelope envelope) {
		this.publisher.publishEvent(new MailQueuedEvent(id, envelope));
	}

	@Override
	public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
		if (this.interest.isIn(MailDeliveredEvent.class)) {
			this.publisher.publishEvent(new MailDeliveredEvent(id, envelope, results));
		}
	}

	@Override
	public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
		if (this.interest.isIn(MailDeferredEvent.class)) {
			this.publisher.publishEvent(new MailDeferredEvent(id, envelope, results, retryAt));
		}
	}

	@Override
	public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
		if (this.interest.isIn(MailBouncedEvent.class)) {
			this.publisher.publishEvent(new MailBouncedEvent(id, envelope, results));
		}
	}

}
