/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/** Which addresses of a host are used, and which of them first. */
public enum AddressOrder {

	/** IPv6 first if this machine has a global address of it, else last. */
	AUTO,
	/** IPv6 and IPv4 by turns, IPv6 first. */
	IPV6_FIRST,
	/** IPv4 and IPv6 by turns, IPv4 first. */
	IPV4_FIRST,
	/** No IPv4. */
	IPV6_ONLY,
	/** No IPv6. */
	IPV4_ONLY;

	boolean usesIpv4() {
		return this != IPV6_ONLY;
	}

	boolean usesIpv6() {
		return this != IPV4_ONLY;
	}

}
