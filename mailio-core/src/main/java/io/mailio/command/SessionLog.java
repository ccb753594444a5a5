/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.time.Duration;
import java.util.Locale;

import io.mailio.command.LogLine.Fact;
import io.mailio.session.Ending;
import io.mailio.session.SessionState;
import io.mailio.session.Stage;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What is logged of a session: its end, and logins that fail. */
final class SessionLog {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.session");

	private SessionLog() {
	}

	/**
	 * The last line of a session. A connection over which nothing was said, as probes of
	 * load balancers are, and a session whose messages nobody wanted are worth a line at
	 * DEBUG only.
	 */
	static void ended(SessionState session, Duration duration) {
		Level level = (isProbe(session) || isForgotten(session)) ? Level.DEBUG : Level.INFO;
		if (!logger.isEnabledForLevel(level)) {
			return;
		}
		LogLine.of("Session ended", session)
			.with(Fact.COMMANDS, session.commands())
			.with(Fact.ACCEPTED, session.transactions())
			.with(Fact.REFUSED, session.refusedMessages())
			.withSome(Fact.ERRORS, session.errors())
			.withSome(Fact.UNRECOGNIZED, session.unrecognized())
			.withSome(Fact.AUTH_FAILURES, session.authFailures())
			.withFindings(session)
			.with(Fact.LAST_REFUSAL, lastRefusal(session))
			.with(Fact.STAGE,
					(session.stage() != Stage.CLOSING) ? session.stage().name().toLowerCase(Locale.ROOT) : null)
			.with(Fact.END, session.ending())
			.with(Fact.MS, duration.toMillis())
			.log(logger, level);
	}

	private static @Nullable String lastRefusal(SessionState session) {
		Reply reply = session.lastRefusal();
		return (reply != null) ? session.lastRefused() + " " + reply : null;
	}

	private static boolean isProbe(SessionState session) {
		int farewell = (session.ending() == Ending.QUIT) ? 1 : 0;
		return session.commands() <= farewell && isUneventful(session);
	}

	private static boolean isForgotten(SessionState session) {
		boolean accepted = session.transactions() > 0 && session.refusedMessages() == 0;
		return accepted && session.kept() == 0 && isUneventful(session);
	}

	private static boolean isUneventful(SessionState session) {
		boolean inPeace = session.ending() == Ending.QUIT || session.ending() == Ending.LOST;
		return inPeace && session.errors() == 0;
	}

	/** A login has failed; whose it was to be, as far as that was said. */
	static void authenticationFailed(SessionState session, String mechanism, String username) {
		if (logger.isInfoEnabled()) {
			LogLine.of("Authentication failed", session)
				.with(Fact.MECHANISM, mechanism)
				.with(Fact.USER, username)
				.log(logger, Level.INFO);
		}
	}

}
