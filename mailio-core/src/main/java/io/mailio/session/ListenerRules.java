/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * What a listener demands and offers.
 *
 * @param protocol what it speaks
 * @param tls how it uses TLS
 * @param auth whether clients log in
 * @param authRequiresTls whether they may do so over TLS only
 */
public record ListenerRules(Protocol protocol, TlsMode tls, AuthMode auth, boolean authRequiresTls) {

	/** Whether messages are submitted here by their authors (RFC 6409). */
	public boolean isSubmission() {
		return this.protocol == Protocol.SMTP && this.auth == AuthMode.REQUIRED;
	}

}
