/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * Reads {@code host[:port]}.
 */
final class ServerAddress {

	private static final int DNS_PORT = 53;

	private ServerAddress() {
	}

	static InetSocketAddress parse(String text) {
		String server = text.trim();
		int portColon = server.lastIndexOf(':');
		// More than one colon and no bracket before the last: an IPv6 address alone.
		boolean hasPort = portColon >= 0
				&& (server.indexOf(':') == portColon || server.charAt(Math.max(0, portColon - 1)) == ']');
		String host = hasPort ? server.substring(0, portColon) : server;
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		if (host.isEmpty()) {
			throw malformed(text, null);
		}
		try {
			int port = hasPort ? Integer.parseInt(server.substring(portColon + 1)) : DNS_PORT;
			return new InetSocketAddress(InetAddress.getByName(host), port);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(
					"The system knows no host '" + host + "', which is to be asked as the DNS server '" + text + "'",
					ex);
		}
		catch (IllegalArgumentException ex) {
			throw malformed(text, ex);
		}
	}

	private static IllegalArgumentException malformed(String text, @Nullable Exception cause) {
		return new IllegalArgumentException(
				"The DNS server '" + text + "' is not host or host:port, for example 192.0.2.1:53 or [2001:db8::1]:53",
				cause);
	}

}
