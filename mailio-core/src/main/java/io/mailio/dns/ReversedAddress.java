/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;

/**
 * The name of an address in a list: octets (IPv4) or nibbles (IPv6) from the last to the
 * first, below the list's domain (RFC 5782 sections 2.1 and 2.4).
 */
final class ReversedAddress {

	private ReversedAddress() {
	}

	static String below(String zone, InetAddress address) {
		byte[] octets = address.getAddress();
		boolean nibbles = octets.length > 4;
		StringBuilder name = new StringBuilder(octets.length * 4 + zone.length());
		for (int i = octets.length - 1; i >= 0; i--) {
			int octet = octets[i] & 0xff;
			if (nibbles) {
				name.append(Character.forDigit(octet & 0xf, 16))
					.append('.')
					.append(Character.forDigit(octet >> 4, 16))
					.append('.');
			}
			else {
				name.append(octet).append('.');
			}
		}
		return name.append(zone).toString();
	}

}
