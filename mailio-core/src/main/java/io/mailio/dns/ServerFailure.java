/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.io.IOException;

import org.xbill.DNS.Rcode;

/**
 * All servers that answered could not tell; the message names the last one's reason.
 */
final class ServerFailure extends IOException {

	private static final long serialVersionUID = 1L;

	/** For a code of {@link Rcode}. */
	ServerFailure(int code) {
		super("the DNS answered " + Rcode.string(code));
	}

}
