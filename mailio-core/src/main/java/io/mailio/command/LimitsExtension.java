/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import io.mailio.handler.SmtpSession;

/**
 * LIMITS (RFC 9422): what a client may count on, so that it need not find out.
 *
 * @param maxRecipients the most recipients of one message
 */
record LimitsExtension(int maxRecipients) implements Extension {

	@Override
	public String keyword() {
		return "LIMITS";
	}

	@Override
	public String advertisement(SmtpSession session) {
		return "LIMITS RCPTMAX=" + this.maxRecipients;
	}

}
