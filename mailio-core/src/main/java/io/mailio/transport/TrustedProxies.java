/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;

/**
 * The networks whose machines may say on whose behalf they connect (PROXY protocol).
 * Immutable.
 */
public final class TrustedProxies {

	/** Nobody may. */
	public static final TrustedProxies NONE = new TrustedProxies(List.of());

	private final List<IpSubnetFilterRule> networks;

	private TrustedProxies(List<IpSubnetFilterRule> networks) {
		this.networks = networks;
	}

	/**
	 * Trusts networks.
	 * @param networks addresses, or networks such as {@code 10.0.0.0/8} and
	 * {@code fd00::/8}
	 * @return the trusted networks
	 * @throws IllegalArgumentException if one is neither
	 */
	public static TrustedProxies of(Collection<String> networks) {
		return networks.isEmpty() ? NONE : new TrustedProxies(networks.stream().map(TrustedProxies::rule).toList());
	}

	private static IpSubnetFilterRule rule(String network) {
		String[] parts = network.split("/", 2);
		InetAddress address = NetUtil.createInetAddressFromIpAddressString(parts[0]);
		if (address == null) {
			throw notNetwork(network);
		}
		int bits = 8 * address.getAddress().length;
		int prefix = (parts.length == 1) ? bits : prefix(network, parts[1], bits);
		return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
	}

	private static int prefix(String network, String digits, int bits) {
		if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > bits) {
			throw notNetwork(network);
		}
		return Integer.parseInt(digits);
	}

	private static IllegalArgumentException notNetwork(String network) {
		return new IllegalArgumentException(
				"'" + network + "' is neither an address nor a network such as 10.0.0.0/8 or fd00::/8");
	}

	boolean contains(InetSocketAddress peer) {
		for (IpSubnetFilterRule network : this.networks) {
			if (network.matches(peer)) {
				return true;
			}
		}
		return false;
	}

}
