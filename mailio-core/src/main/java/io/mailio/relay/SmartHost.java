/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import io.netty.util.NetUtil;

/**
 * A server that takes mail from us and looks for the way itself.
 *
 * @param host its name, of which no mail exchanger is asked for, or its address
 * @param port its port
 */
public record SmartHost(String host, int port) {

	/** So that destinations keep within 255 characters. */
	private static final int MAX_HOST = 240;

	public SmartHost {
		host = DomainNames.toAscii(host.trim());
		boolean address = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
		boolean name = AddressParser.isDomain(host) && !host.startsWith("[");
		if (host.length() > MAX_HOST || host.startsWith("[") || (!name && !address)) {
			throw new IllegalArgumentException("The smart host '" + host
					+ "' is neither a host name nor an address, for example relay.example.net or 192.0.2.1");
		}
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException(
					"The port of the smart host '" + host + "' lies between 1 and 65535, not " + port);
		}
	}

	/** The destination of what goes there, see {@link Router}. */
	public String destination() {
		return "[" + this.host + "]:" + this.port;
	}

}
