/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.util.List;

/**
 * How long a server may take (RFC 5321 section 4.5.3.2). A reply must be complete in its
 * time: to send it octet by octet does not extend it. Immutable.
 *
 * @param connect for the connection to open; 30 seconds
 * @param greeting for the greeting; 5 minutes
 * @param command for the replies to EHLO, STARTTLS and AUTH, each; 5 minutes
 * @param handshake for the handshake of TLS; 1 minute
 * @param mail for the reply to MAIL; 5 minutes
 * @param rcpt for the reply to each RCPT; 5 minutes
 * @param data for the reply to DATA; 2 minutes
 * @param dataBlock for taking each 64 KiB of content, and the reply to a chunk; 3 minutes
 * @param dataEnd for the reply to the content; 10 minutes
 * @param quit for the replies to QUIT and RSET, on which nothing depends; 10 seconds
 */
public record SmtpTimeouts(Duration connect, Duration greeting, Duration command, Duration handshake, Duration mail,
		Duration rcpt, Duration data, Duration dataBlock, Duration dataEnd, Duration quit) {

	private static final Duration MIN = Duration.ofMillis(1);

	private static final Duration MAX = Duration.ofDays(1);

	/** As the standard recommends. */
	public static final SmtpTimeouts DEFAULTS = new SmtpTimeouts(Duration.ofSeconds(30), Duration.ofMinutes(5),
			Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(5),
			Duration.ofMinutes(2), Duration.ofMinutes(3), Duration.ofMinutes(10), Duration.ofSeconds(10));

	public SmtpTimeouts {
		for (Duration one : List.of(connect, greeting, command, handshake, mail, rcpt, data, dataBlock, dataEnd,
				quit)) {
			if (one.compareTo(MIN) < 0 || one.compareTo(MAX) > 0) {
				throw new IllegalArgumentException("A time-out lies between 1 ms and 1 day, not " + one);
			}
		}
	}

	/** The same time for everything. */
	public static SmtpTimeouts all(Duration time) {
		return new SmtpTimeouts(time, time, time, time, time, time, time, time, time, time);
	}

	/** The same with another time for the connection to open. */
	public SmtpTimeouts withConnect(Duration connect) {
		return new SmtpTimeouts(connect, this.greeting, this.command, this.handshake, this.mail, this.rcpt, this.data,
				this.dataBlock, this.dataEnd, this.quit);
	}

}
