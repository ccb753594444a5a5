/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/** Whether mail to a server goes over TLS. TLS is 1.2 or 1.3 (RFC 8996). */
public enum TlsPolicy {

	/** Without TLS, even if it is offered. */
	NONE,

	/**
	 * With TLS if the server offers it, without a look at its certificate; without TLS if
	 * it does not, or if that fails (RFC 7435).
	 */
	OPPORTUNISTIC,

	/** With TLS or not at all, without a look at the certificate. */
	REQUIRED,

	/** With TLS and a certificate that is trusted and names the host, or not at all. */
	VERIFIED;

	/** Whether nothing is sent without TLS. */
	public boolean isRequired() {
		return this == REQUIRED || this == VERIFIED;
	}

}
