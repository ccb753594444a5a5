/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;

/** That spamd has not answered as it should. */
final class SpamdException extends IOException {

	private static final long serialVersionUID = 1L;

	SpamdException(String message) {
		super(message);
	}

}
