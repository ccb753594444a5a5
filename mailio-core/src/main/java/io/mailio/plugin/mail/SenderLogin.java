/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.mail;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;

/**
 * {@code mail/sender-login}: on listeners for submission a user sends from his own
 * addresses only (RFC 6409 section 6.1), else 553 5.7.1. The null sender is everybody's:
 * automatic replies have it. Does not block; safe for use by several threads.
 *
 * @param policy says which addresses are whose
 * @param meters are told of senders that are refused
 */
public record SenderLogin(SenderPolicy policy, Meters meters) implements CommandHandler {

	/** Says nothing of the client's, which could be anything. */
	private static final Reply NOT_YOURS = new Reply(553, new EnhancedStatusCode(7, 1),
			"Sender address is not one of yours");

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		boolean permitted = req.from()
			.mailbox()
			.map((sender) -> this.policy.permits(req.session(), sender))
			.orElse(true);
		if (permitted) {
			return res.accept();
		}
		this.meters.count(MeterName.SENDER_LOGIN_REFUSED);
		return res.reject(NOT_YOURS);
	}

}
