/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.queue.Outcome;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt has come to for one recipient.
 *
 * @param recipient the recipient
 * @param kind whether it is done with
 * @param reply why: what the other server has said, or what stands for it
 * @param remote the server that was spoken to last; {@code null} if none was
 * @param fromServer whether the reply is the server's own
 * @param notifies whether that server will tell the sender what becomes of the message,
 * if that was asked for
 */
public record AttemptResult(Recipient recipient, Outcome.Kind kind, Reply reply, @Nullable NextHop remote,
		boolean fromServer, boolean notifies) {
}
