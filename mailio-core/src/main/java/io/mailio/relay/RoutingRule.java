/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.Optional;

/**
 * Which mail goes through a smart host, and which does not. A domain is {@code *} for
 * all, {@code example.org}, or {@code *.example.org} for those below it; case does not
 * matter.
 *
 * @param recipientDomain the domain of the recipient; {@code *} also means address
 * literals
 * @param senderDomain the domain of the sender; only {@code *} means the null sender
 * @param smartHost where the mail goes; empty for the mail exchangers of the domain
 */
public record RoutingRule(String recipientDomain, String senderDomain, Optional<SmartHost> smartHost) {

	public RoutingRule {
		recipientDomain = new DomainPattern(recipientDomain).text();
		senderDomain = new DomainPattern(senderDomain).text();
	}

	/** All mail goes through one host. */
	public static RoutingRule all(SmartHost smartHost) {
		return new RoutingRule("*", "*", Optional.of(smartHost));
	}

}
