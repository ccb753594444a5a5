/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * What a command asks the handlers to decide about; the rest is {@code null}.
 *
 * @param user who wants to log in, at {@code auth}
 * @param from the sender, at {@code mail}
 * @param to the recipient, at {@code rcpt}
 * @param parameters the parameters, at {@code mail} and {@code rcpt}
 * @param message the message, at {@code queue}
 */
public record Subject(@Nullable User user, @Nullable ReversePath from, @Nullable Mailbox to,
		@Nullable Parameters parameters, @Nullable ReceivedMessage message) {

	/** A command that is about nothing but itself. */
	public static final Subject NONE = new Subject(null, null, null, null, null);

	public static Subject login(User user) {
		return new Subject(user, null, null, null, null);
	}

	public static Subject sender(ReversePath from, Parameters parameters) {
		return new Subject(null, from, null, parameters, null);
	}

	public static Subject recipient(Mailbox to, Parameters parameters) {
		return new Subject(null, null, to, parameters, null);
	}

	public static Subject message(ReceivedMessage message) {
		return new Subject(null, null, null, null, message);
	}

}
