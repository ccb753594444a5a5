/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import org.jspecify.annotations.Nullable;

/**
 * A server cannot use the keys that it is given for TLS: no handshake would ever succeed.
 * The message says why.
 */
public final class TlsKeysException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	TlsKeysException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
