/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

import java.time.Duration;

import io.mailio.handler.Decision;
import io.mailio.handler.LoggedValue;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.Selective;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.smtp.Replies;
import reactor.core.publisher.Mono;

/**
 * {@code connect/early-talker}: makes a client wait for the greeting, and refuses it with
 * 554 if it speaks before. It is the server who speaks first (RFC 5321 section 3.1);
 * proper mail servers know, much malware does not care. Clients on this machine do not
 * wait. Holds no thread while it waits; safe for use by several threads.
 */
public final class EarlyTalker implements ReactiveCommandHandler, Selective {

	private static final LoggedValue TALKED = () -> "talked";

	private static final LoggedValue WAITED = () -> "waited";

	private final Duration delay;

	private final Meters meters;

	public EarlyTalker(EarlyTalkerOptions options, Meters meters) {
		this.delay = options.delay();
		this.meters = meters;
	}

	@Override
	public boolean concerns(SmtpSession session) {
		return !session.client().address().isLoopbackAddress();
	}

	@Override
	public Mono<Decision> handle(SmtpRequest req, SmtpResponse res) {
		return res.inputWithin(this.delay).map((talks) -> {
			LoggedValue outcome = talks ? TALKED : WAITED;
			res.set(outcome);
			this.meters.count(MeterName.EARLY_TALKER, outcome.logText());
			return talks ? res.reject(Replies.EARLY_TALKER) : res.accept();
		});
	}

}
