/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.handler.LoggedValue;

/**
 * That {@code queue/headers} has removed something, for the handlers behind it:
 * {@code res.get("queue/headers", RemovedFields.class)}. Not there if it has not.
 *
 * @param forgedResults how many {@code Authentication-Results} of our name the client had
 * put there
 */
public record RemovedFields(int forgedResults) implements LoggedValue {

	@Override
	public String logText() {
		return this.forgedResults + "-forged";
	}

}
