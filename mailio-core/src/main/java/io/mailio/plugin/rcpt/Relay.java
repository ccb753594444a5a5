/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.function.Function;
import java.util.function.Predicate;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.smtp.Reply;

/**
 * {@code rcpt/relay}: takes the recipients that {@link RelayRules} allow and refuses all
 * others with 550 5.7.1, so that nobody sends mail to the world through this server who
 * must not.
 *
 * <p>
 * The domain alone counts. Older ways to name a further destination (a percent sign, a
 * bang path or a quoted address in the local part, a source route) name nothing here: a
 * local part is a local part. Does not block; safe for use by several threads.
 */
public final class Relay implements CommandHandler {

	private final Function<String, RelayRules> rules;

	private final Predicate<String> login;

	private final Meters meters;

	/**
	 * Takes recipients by rules.
	 * @param rules the name of a listener to who may send mail where
	 * @param login the name of a listener to whether clients may log in there
	 * @param meters are told of recipients that are refused
	 */
	public Relay(Function<String, RelayRules> rules, Predicate<String> login, Meters meters) {
		this.rules = rules;
		this.login = login;
		this.meters = meters;
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		String listener = req.session().server().listener();
		Reply refusal = this.rules.apply(listener).refusal(req, req.to());
		if (refusal == null) {
			return res.accept();
		}
		this.meters.count(MeterName.RELAY_REFUSED);
		return res.reject(this.login.test(listener) ? refusal : RelayRules.withoutLogin(refusal));
	}

}
