/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Several listeners as one. Each is told only what it listens to, in the order they were
 * added; the failure of one does not keep the others from hearing.
 *
 * @param listeners the listeners
 */
record SessionListeners(List<SessionListener> listeners) implements SessionListener {

	static @Nullable SessionListener of(List<SessionListener> listeners) {
		return switch (listeners.size()) {
			case 0 -> null;
			case 1 -> listeners.get(0);
			default -> new SessionListeners(List.copyOf(listeners));
		};
	}

	@Override
	public boolean listensTo(Kind kind) {
		return this.listeners.stream().anyMatch((listener) -> listener.listensTo(kind));
	}

	private void tell(Kind kind, Consumer<SessionListener> event) {
		RuntimeException first = null;
		for (SessionListener listener : this.listeners) {
			try {
				if (listener.listensTo(kind)) {
					event.accept(listener);
				}
			}
			catch (RuntimeException ex) {
				first = (first != null) ? first : ex;
			}
		}
		if (first != null) {
			throw first;
		}
	}

	@Override
	public void started(SmtpSession session) {
		tell(Kind.STARTED, (listener) -> listener.started(session));
	}

	@Override
	public void authenticated(SmtpSession session, String username, boolean successful) {
		tell(Kind.AUTHENTICATED, (listener) -> listener.authenticated(session, username, successful));
	}

	@Override
	public void messageReceived(SmtpSession session, Envelope envelope, long size) {
		tell(Kind.MESSAGE_RECEIVED, (listener) -> listener.messageReceived(session, envelope, size));
	}

	@Override
	public void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
		tell(Kind.MESSAGE_REJECTED, (listener) -> listener.messageRejected(session, envelope, reply));
	}

	@Override
	public void ended(SmtpSession session, Duration duration) {
		tell(Kind.ENDED, (listener) -> listener.ended(session, duration));
	}

}
