/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

/**
 * How a connection is encrypted.
 *
 * @param protocol for example {@code TLSv1.3}
 * @param cipher the cipher suite by its standard name
 * @param clientSubject the subject of the client's certificate, which was verified;
 * {@code null} if it has shown none
 * @param channelBindings what binds an authentication to this connection
 */
public record TlsInfo(String protocol, String cipher, @Nullable Principal clientSubject,
		ChannelBindings channelBindings) {

	/** A connection of a client without a certificate, that binds nothing. */
	public TlsInfo(String protocol, String cipher) {
		this(protocol, cipher, null, ChannelBindings.NONE);
	}

}
