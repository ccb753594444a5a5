/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import org.jspecify.annotations.Nullable;

/**
 * What binds an authentication to the encrypted connection below it (RFC 5056), so that
 * nobody in between can pass it on. May be asked from any thread.
 */
@FunctionalInterface
public interface ChannelBindings {

	/** A connection that cannot bind anything. */
	ChannelBindings NONE = (type) -> null;

	/** The exporter of TLS 1.3 (RFC 9266). */
	String TLS_EXPORTER = "tls-exporter";

	/** The hash of the server's certificate (RFC 5929 section 4). */
	String TLS_SERVER_END_POINT = "tls-server-end-point";

	/**
	 * The data of one type.
	 * @param type the registered name, for example {@value #TLS_EXPORTER}
	 * @return the octets, {@code null} if this connection has none of that type
	 */
	byte @Nullable [] get(String type);

	/** Whether there is any. */
	default boolean isPossible() {
		return get(TLS_SERVER_END_POINT) != null || get(TLS_EXPORTER) != null;
	}

}
