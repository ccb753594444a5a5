/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What stands behind {@link SmtpResponse#write}, {@link SmtpResponse#read},
 * {@link SmtpResponse#receive} and {@link SmtpResponse#inputWithin}. All methods are
 * called on the session's loop.
 */
public interface Dialogue {

	/** Sends a line at once. */
	void write(String line);

	/**
	 * The next line from the client; cancelling it gives the line up. Fails with
	 * {@link SmtpReplyException} if what comes is no line, and is cancelled if the client
	 * goes.
	 */
	CompletionStage<String> read();

	/**
	 * Whether the client sends something within a time; it is not read. Completes as soon
	 * as it does, at once if it has; cancelling it gives the question up. Is cancelled if
	 * the client goes.
	 */
	CompletionStage<Boolean> inputWithin(Duration time);

}
