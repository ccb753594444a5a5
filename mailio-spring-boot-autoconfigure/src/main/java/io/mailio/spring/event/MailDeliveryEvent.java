/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.event;

import java.util.List;

import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.smtp.Envelope;

import org.springframework.context.ApplicationEvent;

/**
 * A message was put into the queue, or an attempt to deliver it has come to something,
 * for some of its recipients. Published on the executor of the relay, so that listeners
 * may block; events of several messages come at a time. An exception of a listener is
 * logged and changes nothing.
 */
public abstract class MailDeliveryEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final transient Envelope envelope;

	private final transient List<AttemptResult> results;

	/**
	 * An event of a message.
	 * @param id its name in the queue, the source of the event
	 * @param envelope its envelope
	 * @param results what the attempt has come to for some of its recipients
	 */
	protected MailDeliveryEvent(QueueId id, Envelope envelope, List<AttemptResult> results) {
		super(id);
		this.envelope = envelope;
		this.results = List.copyOf(results);
	}

	/** The name of the message in the queue. */
	public QueueId id() {
		return (QueueId) getSource();
	}

	/** The sender and its parameters, and all recipients of the message or attempt. */
	public Envelope envelope() {
		return this.envelope;
	}

	/**
	 * The recipients that the event is about, each with the reply; it is other people's
	 * text, escape it in logs.
	 */
	public List<AttemptResult> results() {
		return this.results;
	}

}
