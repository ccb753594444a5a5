/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/**
 * {@code rcpt/relay}: takes recipients of the served domains and refuses all others with
 * 550 5.7.1, so that nobody sends mail to the world through this server.
 *
 * <p>
 * The domain alone counts. Older ways to name a further destination (a percent sign, a
 * bang path or a quoted address in the local part, a source route) name nothing here: a
 * local part is a local part. Does not block; safe for use by several threads.
 */
public final class Relay implements CommandHandler {

	/** Says nothing of the client's, which could be anything. */
	private static final Reply DENIED = new Reply(550, new EnhancedStatusCode(7, 1), "Relaying denied");

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		return req.session().server().serves(req.to().domain()) ? res.accept() : res.reject(DENIED);
	}

}
