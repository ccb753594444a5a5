/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler.scanned;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.spring.SmtpHandler;

@SmtpHandler(command = "rcpt", before = "dnsbl")
class FooDomainOnly implements CommandHandler {

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		return Decision.accept(250, "scanned");
	}

}
