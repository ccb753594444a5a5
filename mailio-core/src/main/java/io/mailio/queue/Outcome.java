/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;

/**
 * What has become of one recipient of a claim.
 *
 * @param recipient the recipient
 * @param kind whether it is done with
 * @param reply what the other side has said, or what stands for it
 */
public record Outcome(Mailbox recipient, Kind kind, Reply reply) {

	/** Whether a recipient is done with. */
	public enum Kind {

		/** The other side has taken the message. */
		DELIVERED,

		/** It is to be tried again. */
		DEFERRED,

		/** It will never be delivered; who must hear of that has been told. */
		BOUNCED

	}

}
