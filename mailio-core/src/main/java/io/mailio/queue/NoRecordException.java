/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;

/** Octets that are sound, but mean nothing. */
final class NoRecordException extends IOException {

	private static final long serialVersionUID = 1L;

	NoRecordException(String message) {
		super(message);
	}

}
