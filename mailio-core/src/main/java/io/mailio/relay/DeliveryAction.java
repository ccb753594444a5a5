/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.Set;

import io.mailio.smtp.DsnNotify;

/** What became of a message for one recipient (RFC 3464 section 2.3.3). */
public enum DeliveryAction {

	/** It was not delivered and will not be. */
	FAILED("failed", DsnNotify.FAILURE),
	/** It has not been delivered yet; that is tried further. */
	DELAYED("delayed", DsnNotify.DELAY),
	/** It was delivered. */
	DELIVERED("delivered", DsnNotify.SUCCESS),
	/** It went to a server that will not report what becomes of it. */
	RELAYED("relayed", DsnNotify.SUCCESS),
	/** It was delivered and sent on to several others. */
	EXPANDED("expanded", DsnNotify.SUCCESS);

	private final String word;

	private final DsnNotify occasion;

	DeliveryAction(String word, DsnNotify occasion) {
		this.word = word;
		this.occasion = occasion;
	}

	String word() {
		return this.word;
	}

	boolean isSuccess() {
		return this.occasion == DsnNotify.SUCCESS;
	}

	/**
	 * Whether the sender wants to hear of it (RFC 3461 section 4.1).
	 * @param notifications what was asked for; if nothing was, failures and delays are
	 * told
	 */
	boolean isWanted(Set<DsnNotify> notifications) {
		return notifications.isEmpty() ? !isSuccess() : notifications.contains(this.occasion);
	}

}
