/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailio.smtp.DomainNames;

/**
 * What leads back to this server: mail that is sent there goes round in a circle (RFC
 * 5321 section 5.1). Immutable: addresses that the machine gets later are not known.
 */
public final class Ourselves {

	private final Set<String> names;

	private final List<InetSocketAddress> listeners;

	private final Set<InetAddress> interfaces;

	/**
	 * This server. Reads the addresses of the machine, so it may block.
	 * @param names our host names
	 * @param listeners where we listen, with the ports in use; a listener on the wildcard
	 * address listens on all addresses of the machine. Also addresses and ports that
	 * somebody forwards to us
	 */
	public Ourselves(Collection<String> names, Collection<InetSocketAddress> listeners) {
		this(names, listeners, interfaces());
	}

	Ourselves(Collection<String> names, Collection<InetSocketAddress> listeners, Collection<InetAddress> interfaces) {
		this.names = names.stream().map(DomainNames::toAscii).collect(Collectors.toUnmodifiableSet());
		this.listeners = listeners.stream().filter((listener) -> !listener.isUnresolved()).toList();
		this.interfaces = Set.copyOf(interfaces);
	}

	private static Set<InetAddress> interfaces() {
		try {
			return NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.collect(Collectors.toSet());
		}
		catch (SocketException ex) {
			// Loopback and the listeners' own addresses are known nevertheless.
			return Set.of();
		}
	}

	boolean isName(String host) {
		return this.names.contains(DomainNames.toAscii(host));
	}

	boolean isAddress(InetSocketAddress target) {
		return this.listeners.stream()
			.anyMatch((listener) -> listener.getPort() == target.getPort() && leadsTo(target.getAddress(), listener));
	}

	/** A connection to the unspecified address reaches the machine itself. */
	private boolean leadsTo(InetAddress target, InetSocketAddress listener) {
		return target.isAnyLocalAddress() || target.equals(listener.getAddress())
				|| (listener.getAddress().isAnyLocalAddress()
						&& (target.isLoopbackAddress() || this.interfaces.contains(target)));
	}

	/** Whether the machine has an address of IPv6 that reaches the internet. */
	boolean hasIpv6() {
		return this.interfaces.stream()
			.anyMatch((address) -> address instanceof Inet6Address && PublicAddresses.contain(address));
	}

}
