/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.relay.ClientConnection.Trouble;
import io.mailio.relay.Verdict.Advice;

/** What trouble with a connection means for a message. */
final class Troubles {

	private Troubles() {
	}

	/** The message was not delivered. */
	static Verdict verdict(SmtpTarget target, Phase phase, Trouble trouble) {
		return switch (trouble.kind()) {
			case UNREACHABLE -> Verdict.trouble(phase, Advice.NEXT_HOST, 421, 4, 1,
					"Cannot connect to " + target.display() + detail(trouble));
			case LOST -> Verdict.trouble(phase, Advice.NEXT_HOST, 421, 4, 2, lost(target, phase, trouble));
			case TIMEOUT -> Verdict.trouble(phase, Advice.NEXT_HOST, 421, 4, 2, timeout(target, phase));
			case PROTOCOL -> Verdict.trouble(phase, Advice.NEXT_HOST, 421, 5, 0,
					target.display() + " has not spoken SMTP " + phase.text() + detail(trouble));
			case ABORTED -> Verdict.trouble(phase, Advice.NONE, 451, 3, 2,
					"The delivery was ended " + phase.text() + detail(trouble));
		};
	}

	/**
	 * The message was sent, and what has become of it is not known: to try another host
	 * at once would rather make it two.
	 */
	static Verdict uncertain(SmtpTarget target, Trouble trouble) {
		String what = switch (trouble.kind()) {
			case TIMEOUT -> timeout(target, Phase.CONTENT);
			case PROTOCOL -> target.display() + " has not spoken SMTP";
			case ABORTED -> "The delivery was ended";
			case LOST, UNREACHABLE -> lost(target, Phase.CONTENT, trouble);
		};
		return Verdict.trouble(Phase.CONTENT, Advice.NONE, 451, 4, 2,
				what + ", after the whole message: it may have been delivered");
	}

	private static String lost(SmtpTarget target, Phase phase, Trouble trouble) {
		return "Connection to " + target.display() + " lost " + phase.text() + detail(trouble);
	}

	private static String timeout(SmtpTarget target, Phase phase) {
		return "Time-out of " + target.display() + " " + phase.text();
	}

	private static String detail(Trouble trouble) {
		return trouble.detail().isEmpty() ? "" : ": " + trouble.detail();
	}

}
