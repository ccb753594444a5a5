/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.Recipient;

/**
 * A recipient, and what has become of the message for it.
 *
 * @param recipient the recipient as the envelope has it
 * @param verdict what has become of it
 */
public record RecipientResult(Recipient recipient, Verdict verdict) {

	/** Whether the server has taken the message for this recipient. */
	public boolean isDelivered() {
		return this.verdict.isDelivered();
	}

}
