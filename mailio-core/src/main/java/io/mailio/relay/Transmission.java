/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What has become of a message that was sent to one server.
 *
 * @param target the server
 * @param tls how the connection was encrypted that was used last, {@code null} for not at
 * all
 * @param notifies whether the server was told who wants to be notified (RFC 3461), so
 * that this is its task now
 * @param results one for each recipient, in the envelope's order
 */
public record Transmission(SmtpTarget target, @Nullable Encryption tls, boolean notifies,
		List<RecipientResult> results) {

	public Transmission {
		results = List.copyOf(results);
	}

	/**
	 * How a connection is encrypted.
	 *
	 * @param protocol for example {@code TLSv1.3}
	 * @param cipher the cipher suite by its standard name
	 * @param verified whether the server's certificate is trusted and names the host
	 */
	public record Encryption(String protocol, String cipher, boolean verified) {
	}

	/** Whether the server has taken the message for all recipients. */
	public boolean isDelivered() {
		return this.results.stream().allMatch(RecipientResult::isDelivered);
	}

}
