/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;

/**
 * How ways are chosen.
 *
 * @param rules the first that matches counts; without one, mail goes to the mail
 * exchangers of its domain
 * @param port the port of mail exchangers and address literals
 * @param allowPrivateTargets whether mail may go to addresses that are not of the
 * internet because the DNS or a recipient says so
 * @param addressOrder which addresses of a host come first
 * @param maxHosts how many mail exchangers of a domain are considered, at least 1
 * @param maxAddresses how many addresses are tried at most, at least 1
 */
public record RoutingOptions(List<RoutingRule> rules, int port, boolean allowPrivateTargets, AddressOrder addressOrder,
		int maxHosts, int maxAddresses) {

	/** The port of SMTP. */
	public static final int DEFAULT_PORT = 25;

	/** How many mail exchangers are considered, unless configured otherwise. */
	public static final int DEFAULT_MAX_HOSTS = 10;

	/** How many addresses are tried, unless configured otherwise. */
	public static final int DEFAULT_MAX_ADDRESSES = 20;

	public RoutingOptions {
		rules = List.copyOf(rules);
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException("The port to relay to lies between 1 and 65535, not " + port);
		}
		if (maxHosts < 1 || maxAddresses < 1) {
			throw new IllegalArgumentException(
					"At least one mail exchanger and one address are tried, not " + maxHosts + " and " + maxAddresses);
		}
	}

	/**
	 * All mail to the mail exchangers of its domain, on port 25.
	 * @return the default options
	 */
	public static RoutingOptions defaults() {
		return new RoutingOptions(List.of(), DEFAULT_PORT, false, AddressOrder.AUTO, DEFAULT_MAX_HOSTS,
				DEFAULT_MAX_ADDRESSES);
	}

}
