/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Who is counted as one client: an IPv4 address, or an IPv6 network of 64 bits, because
 * whoever has one address there has them all (RFC 4291 section 2.5.4).
 *
 * @param six whether it is an IPv6 network
 * @param bits the network's bits
 */
public record ClientNetwork(boolean six, long bits) {

	/** An IPv4-mapped address is an IPv4 address to the JDK already. */
	public static ClientNetwork of(InetAddress address) {
		ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
		boolean six = address instanceof Inet6Address;
		return new ClientNetwork(six, six ? octets.getLong() : octets.getInt());
	}

}
