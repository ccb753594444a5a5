/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The names by which all log lines about one session can be found: they stand in SLF4J's
 * {@link MDC} while handlers and listeners run and while the engine logs what has become
 * of a message or session. A reactive handler has them while its method is called and its
 * {@code Mono} subscribed to, not in operators that run later.
 *
 * @param session the name of the session
 * @param transaction the name of its current transaction, {@code null} if there is none
 */
public record LogIds(String session, @Nullable String transaction) {

	/** The session's name in the MDC. */
	public static final String SESSION = "mailio.session";

	/** The transaction's name in the MDC. */
	public static final String TRANSACTION = "mailio.transaction";

	/** The names as they are now; called on the session's loop. */
	public static LogIds of(SessionState session) {
		return new LogIds(session.id(), (session.transaction() != null) ? session.transactionId() : null);
	}

	/**
	 * Does something under these names on the calling thread; what stood there before
	 * stands there again afterwards.
	 */
	public void during(Runnable task) {
		LogIds before = enter();
		try {
			task.run();
		}
		finally {
			before.leave();
		}
	}

	/**
	 * Puts these names into the MDC of the calling thread.
	 * @return what to {@link #leave} when it is over
	 */
	public LogIds enter() {
		String outerSession = MDC.get(SESSION);
		String outerTransaction = MDC.get(TRANSACTION);
		put(SESSION, this.session);
		put(TRANSACTION, this.transaction);
		return new LogIds((outerSession != null) ? outerSession : "", outerTransaction);
	}

	/** Puts back what {@link #enter} has found. */
	public void leave() {
		put(SESSION, this.session.isEmpty() ? null : this.session);
		put(TRANSACTION, this.transaction);
	}

	private static void put(String name, @Nullable String value) {
		if (value != null) {
			MDC.put(name, value);
		}
		else {
			MDC.remove(name);
		}
	}

}
