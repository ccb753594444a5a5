/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.CompletionStage;

import io.mailio.message.Content;
import io.mailio.smtp.Envelope;

/** Sends messages to servers: {@link SmtpClient}, told how each server wants it. */
public interface NextHopClient {

	/**
	 * Sends a message.
	 * @param hop the server
	 * @param envelope sender and recipients
	 * @param content the content, which stays the caller's
	 * @return what has become of it; never completes exceptionally. On any thread: what
	 * follows it must not block
	 */
	CompletionStage<Transmission> send(NextHop hop, Envelope envelope, Content content);

}
