/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetSocketAddress;

/**
 * A server to hand mail to.
 *
 * @param host its name, as it is to stand in its certificate; an address literal if it
 * has no name
 * @param address its address, resolved. It has been checked: connect to this one, and
 * never look the name up again
 */
public record NextHop(String host, InetSocketAddress address) {

	public NextHop {
		if (address.isUnresolved()) {
			throw new IllegalArgumentException("A hop has an address, but " + address + " was not resolved");
		}
	}

	/** The name and the address, for logs and reports. */
	@Override
	public String toString() {
		String literal = AddressLiterals.of(this.address.getAddress());
		return (this.host.equals(literal) ? literal : this.host + " " + literal) + ":" + this.address.getPort();
	}

}
