/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * The TCP connection below a session.
 *
 * @param local our end
 * @param remote the client's end
 * @param tls how it is encrypted, {@code null} if it is not
 */
public record ConnectionInfo(InetSocketAddress local, InetSocketAddress remote, @Nullable TlsInfo tls) {

	/** A connection without encryption. */
	public ConnectionInfo(InetSocketAddress local, InetSocketAddress remote) {
		this(local, remote, null);
	}

}
