/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import io.mailio.relay.Login;
import io.mailio.relay.SmartHost;
import io.mailio.relay.TlsPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How a smart host is spoken to.
 *
 * @param host the smart host
 * @param tls whether mail goes there over TLS; with a login {@link TlsPolicy#VERIFIED} is
 * what one wants
 * @param implicitTls whether TLS begins at once, as on port 465 (RFC 8314 section 3.3)
 * @param login how we log in, {@code null} for not at all
 */
public record SmartHostAccess(SmartHost host, TlsPolicy tls, boolean implicitTls, @Nullable Login login) {

	public SmartHostAccess {
		if (login != null && tls == TlsPolicy.NONE) {
			throw new IllegalArgumentException("Nobody logs in to " + host.host() + " without TLS");
		}
	}

}
