/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The text of an address as it is shown to people and other servers: an IPv6 address in
 * its one short form (RFC 5952), so that a search finds it.
 */
public final class AddressText {

	private static final int GROUPS = 8;

	/** A single group of zeros is not left out (RFC 5952 section 4.2.2). */
	private static final int SHORTEST_GAP = 2;

	private AddressText() {
	}

	/**
	 * The text of an address.
	 * @param address the address
	 * @return for example {@code 192.0.2.1}, {@code 2001:db8::7}, {@code fe80::1%eth0}
	 */
	public static String of(InetAddress address) {
		String text = address.getHostAddress();
		if (!(address instanceof Inet6Address)) {
			return text;
		}
		int zone = text.indexOf('%');
		String groups = groups(address.getAddress());
		return (zone < 0) ? groups : groups + text.substring(zone);
	}

	private static String groups(byte[] octets) {
		int gap = 0;
		int gapLength = 0;
		for (int i = 0; i < GROUPS; i++) {
			int length = zeros(octets, i);
			// The first of two that are equally long.
			if (length > gapLength) {
				gap = i;
				gapLength = length;
			}
		}
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < GROUPS; i++) {
			if (i == gap && gapLength >= SHORTEST_GAP) {
				text.append("::");
				i += gapLength - 1;
			}
			else {
				text.append((text.isEmpty() || text.charAt(text.length() - 1) == ':') ? "" : ":")
					.append(Integer.toHexString(group(octets, i)));
			}
		}
		return text.toString();
	}

	/** How many groups from there on are zero. */
	private static int zeros(byte[] octets, int from) {
		int at = from;
		while (at < GROUPS && group(octets, at) == 0) {
			at++;
		}
		return at - from;
	}

	private static int group(byte[] octets, int index) {
		return (octets[2 * index] & 0xFF) << 8 | octets[2 * index + 1] & 0xFF;
	}

}
