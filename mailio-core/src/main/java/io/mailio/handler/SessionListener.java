/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;

import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;

/**
 * Is told what happens in sessions; it decides nothing. Called on the handler executor,
 * never on an event loop; the calls of one session come one after another, in order. An
 * exception is logged and changes nothing.
 */
public interface SessionListener {

	/**
	 * Whether anybody wants to hear of a kind of event. Asked often: must be cheap. What
	 * nobody wants costs nothing.
	 * @param kind the kind
	 */
	default boolean listensTo(Kind kind) {
		return true;
	}

	/**
	 * A client has connected and has not been greeted yet: the greeting waits for this
	 * method, so handlers added with {@link SmtpSession#on} take part from the first
	 * event.
	 * @param session the live session
	 */
	default void started(SmtpSession session) {
	}

	/**
	 * A client tried to authenticate.
	 * @param session a snapshot
	 * @param username the name it gave
	 * @param successful whether it is who it says
	 */
	default void authenticated(SmtpSession session, String username, boolean successful) {
	}

	/**
	 * A message was acknowledged.
	 * @param session a snapshot
	 * @param envelope its envelope
	 * @param size its size in octets, trace header included
	 */
	default void messageReceived(SmtpSession session, Envelope envelope, long size) {
	}

	/**
	 * A message was refused after its content had been sent. If it was kept for some of
	 * its recipients, this follows {@link #messageReceived}, once for each reply that
	 * others got.
	 * @param session a snapshot
	 * @param envelope its envelope, with the recipients that the refusal is for
	 * @param reply the refusal
	 */
	default void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
	}

	/**
	 * The connection is closed.
	 * @param session a snapshot
	 * @param duration how long it was open
	 */
	default void ended(SmtpSession session, Duration duration) {
	}

	/** The kinds of events, one per method. */
	enum Kind {

		/** {@link SessionListener#started}. */
		STARTED,
		/** {@link SessionListener#authenticated}. */
		AUTHENTICATED,
		/** {@link SessionListener#messageReceived}. */
		MESSAGE_RECEIVED,
		/** {@link SessionListener#messageRejected}. */
		MESSAGE_REJECTED,
		/** {@link SessionListener#ended}. */
		ENDED

	}

}
