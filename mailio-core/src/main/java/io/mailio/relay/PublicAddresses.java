/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

import io.netty.util.NetUtil;

/**
 * Tells addresses of the internet from those that lead into our own network, to this
 * machine, or nowhere (the special-purpose registries of RFC 6890). Who may write to the
 * DNS could otherwise make us connect there.
 */
final class PublicAddresses {

	private static final List<Prefix> RESERVED4 = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
			"169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
			"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

	/** What is global unicast, and within it what is not meant for hosts. */
	private static final Prefix GLOBAL6 = prefix("2000::/3");

	private static final List<Prefix> RESERVED6 = prefixes("2001::/23", "2001:db8::/32", "3fff::/20");

	/** Addresses that an address of IPv4 stands in: where it begins tells the index. */
	private static final Prefix MAPPED = prefix("::ffff:0:0/96");

	private static final Prefix NAT64 = prefix("64:ff9b::/96");

	private static final Prefix SIX_TO_FOUR = prefix("2002::/16");

	private record Prefix(byte[] octets, int bits) {

		boolean contains(byte[] address) {
			int whole = this.bits / Byte.SIZE;
			int mask = 0xff00 >> this.bits % Byte.SIZE & 0xff;
			return Arrays.equals(this.octets, 0, whole, address, 0, whole)
					&& (mask == 0 || (address[whole] & mask) == (this.octets[whole] & mask));
		}

	}

	private PublicAddresses() {
	}

	private static List<Prefix> prefixes(String... texts) {
		return Arrays.stream(texts).map(PublicAddresses::prefix).toList();
	}

	private static Prefix prefix(String text) {
		int slash = text.indexOf('/');
		return new Prefix(NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash)),
				Integer.parseInt(text.substring(slash + 1)));
	}

	/** Whether mail from the internet may be sent there. */
	static boolean contain(InetAddress address) {
		byte[] octets = address.getAddress();
		return (octets.length == 4) ? isPublic4(octets) : isPublic6(octets);
	}

	private static boolean isPublic4(byte[] address) {
		return RESERVED4.stream().noneMatch((prefix) -> prefix.contains(address));
	}

	private static boolean isPublic6(byte[] address) {
		if (MAPPED.contains(address) || NAT64.contains(address)) {
			return isPublic4(Arrays.copyOfRange(address, 12, 16));
		}
		if (SIX_TO_FOUR.contains(address)) {
			return isPublic4(Arrays.copyOfRange(address, 2, 6));
		}
		return GLOBAL6.contains(address) && RESERVED6.stream().noneMatch((prefix) -> prefix.contains(address));
	}

}
