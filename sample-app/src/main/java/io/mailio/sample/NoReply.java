/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.SmtpHandler;

/** Nobody reads mail to {@code noreply}: says so instead of keeping it. */
@SmtpHandler(command = "rcpt")
class NoReply implements CommandHandler {

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		return req.to().localPart().equalsIgnoreCase("noreply") ? res.reject(550, "Nobody reads this mailbox")
				: res.accept();
	}

}
