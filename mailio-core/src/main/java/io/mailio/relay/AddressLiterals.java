/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

import io.mailio.smtp.AddressText;
import io.netty.util.NetUtil;

/**
 * Addresses as mail writes them: {@code [192.0.2.1]}, {@code [IPv6:2001:db8:0:0:0:0:0:1]}
 * (RFC 5321 section 4.1.3).
 */
final class AddressLiterals {

	private static final String IPV6_TAG = "IPv6:";

	private AddressLiterals() {
	}

	/** Without a zone, which means nothing to anyone else. */
	static String of(InetAddress address) {
		String text = AddressText.of(address);
		int zone = text.indexOf('%');
		String plain = (zone < 0) ? text : text.substring(0, zone);
		return (address instanceof Inet6Address) ? "[" + IPV6_TAG + plain + "]" : "[" + plain + "]";
	}

	/**
	 * Reads a literal; no resolver is asked.
	 * @param literal the literal with its brackets
	 * @return the address, which holds the literal as its name; empty if it is none
	 */
	static Optional<InetAddress> parse(String literal) {
		if (literal.length() < 2 || literal.charAt(0) != '[' || literal.charAt(literal.length() - 1) != ']') {
			return Optional.empty();
		}
		String text = literal.substring(1, literal.length() - 1);
		boolean ipv6 = text.regionMatches(true, 0, IPV6_TAG, 0, IPV6_TAG.length());
		String plain = ipv6 ? text.substring(IPV6_TAG.length()) : text;
		boolean wellFormed = ipv6
				? NetUtil.isValidIpV6Address(plain) && plain.indexOf('%') < 0 && plain.charAt(0) != '['
				: NetUtil.isValidIpV4Address(plain);
		byte[] octets = wellFormed ? NetUtil.createByteArrayFromIpAddressString(plain) : null;
		if (octets == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(InetAddress.getByAddress(literal, octets));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("An address of " + octets.length + " octets", ex);
		}
	}

}
