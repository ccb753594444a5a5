/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.Set;

import io.mailio.smtp.DomainNames;

/**
 * What a session knows of its server.
 *
 * @param hostname the name in the greeting, in EHLO and in {@code Received}
 * @param domains the served domains, in lower case, internationalised ones as A-labels
 * @param listener the name of the listener, {@code default} if there is just one
 */
public record ServerInfo(String hostname, Set<String> domains, String listener) {

	/**
	 * Whether mail for a domain is ours.
	 * @param domain a domain in any case, with U-labels or A-labels
	 * @return whether it is a served domain
	 */
	public boolean serves(String domain) {
		// Most clients write them as they are kept.
		return this.domains.contains(domain) || this.domains.contains(DomainNames.toAscii(domain));
	}

}
