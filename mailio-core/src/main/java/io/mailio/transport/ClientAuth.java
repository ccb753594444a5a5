/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

/**
 * Whether clients are asked for a certificate in the TLS handshake. One that is shown is
 * checked in any case: if it is not trusted or has expired, the handshake fails.
 */
public enum ClientAuth {

	/** They are not asked. */
	NONE(io.netty.handler.ssl.ClientAuth.NONE),

	/** They are asked; a client without a certificate goes on. */
	WANT(io.netty.handler.ssl.ClientAuth.OPTIONAL),

	/** They are asked; the handshake of a client without a certificate fails. */
	NEED(io.netty.handler.ssl.ClientAuth.REQUIRE);

	private final io.netty.handler.ssl.ClientAuth mode;

	ClientAuth(io.netty.handler.ssl.ClientAuth mode) {
		this.mode = mode;
	}

	io.netty.handler.ssl.ClientAuth mode() {
		return this.mode;
	}

}
