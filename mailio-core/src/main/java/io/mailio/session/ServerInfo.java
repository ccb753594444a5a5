/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.Locale;
import java.util.Set;

/**
 * What a session knows of its server.
 *
 * @param hostname the name in the greeting, in EHLO and in {@code Received}
 * @param domains the served domains, in lower case
 * @param listener the name of the listener, {@code default} if there is just one
 */
public record ServerInfo(String hostname, Set<String> domains, String listener) {

	/**
	 * Whether mail for a domain is ours.
	 * @param domain a domain in any case
	 * @return whether it is a served domain
	 */
	public boolean serves(String domain) {
		return this.domains.contains(domain.toLowerCase(Locale.ROOT));
	}

}
