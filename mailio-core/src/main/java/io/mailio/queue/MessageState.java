/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

/** What the recipients of one destination of a message wait for. */
public enum MessageState {

	/** To be claimed: it is time. */
	READY,

	/** For the time of the next attempt. */
	DEFERRED,

	/** For whoever has claimed them. */
	IN_FLIGHT,

	/** To be released by somebody. */
	HELD

}
