/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.InetAddress;

/**
 * The client of a session.
 *
 * @param address where it connects from
 * @param hostname its name by reverse lookup, {@code [address]} if there is none
 * @param helo how it introduced itself, empty before EHLO or HELO
 */
public record ClientInfo(InetAddress address, String hostname, String helo) {

	/** Whether it is on this machine or in a private network. */
	public boolean isLocal() {
		return isLocal(this.address);
	}

	/**
	 * Whether an address means something only here, so that nobody else can tell anything
	 * about it: loopback, link-local, and private addresses (RFC 1918, RFC 4193, RFC
	 * 6598).
	 */
	public static boolean isLocal(InetAddress address) {
		if (address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress()
				|| address.isAnyLocalAddress()) {
			return true;
		}
		byte[] octets = address.getAddress();
		boolean shared = octets.length == 4 && octets[0] == 100 && (octets[1] & 0xc0) == 0x40;
		boolean unique = octets.length == 16 && (octets[0] & 0xfe) == 0xfc;
		return shared || unique;
	}

}
