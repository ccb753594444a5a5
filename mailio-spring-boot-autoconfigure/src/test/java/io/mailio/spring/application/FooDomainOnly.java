/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.application;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.SmtpHandler;

@SmtpHandler(command = "rcpt", before = "dnsbl")
class FooDomainOnly implements CommandHandler {

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		return req.to().domain().equalsIgnoreCase("foo.com") ? res.accept()
				: res.reject(550, "We only accept mail for the foo.com domain");
	}

}
