/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.List;

import io.mailio.plugin.OnError;

/**
 * How {@code rcpt/dnsbl} works.
 *
 * @param zones the lists to ask, at least one
 * @param threshold how much must come together for a client to be refused, at least 1 and
 * no more than can come together
 * @param onError what becomes of a client about which the lists that did answer do not
 * decide
 * @param exemptPostmaster whether mail to the postmaster of a served domain is accepted
 * from everybody
 */
public record DnsblOptions(List<DnsblZone> zones, int threshold, OnError onError, boolean exemptPostmaster) {

	/** The list that is asked unless configured otherwise. */
	public static final String DEFAULT_ZONE = "zen.spamhaus.org";

	public DnsblOptions {
		zones = List.copyOf(zones);
		if (zones.isEmpty()) {
			throw new IllegalArgumentException("There must be a list to ask, for example " + DEFAULT_ZONE);
		}
		int most = zones.stream().mapToInt(DnsblZone::weight).filter((weight) -> weight > 0).sum();
		if (threshold < 1 || threshold > most) {
			throw new IllegalArgumentException("The threshold must be between 1 and " + most
					+ ", which is what the weights of the lists add up to, not " + threshold);
		}
	}

	/** Whether somebody is trusted for being on a list. */
	boolean trusts(String zone) {
		return this.zones.stream().anyMatch((one) -> one.weight() < 0 && one.name().equals(zone));
	}

	/**
	 * One list, which is enough.
	 * @return the default options
	 */
	public static DnsblOptions defaults() {
		return new DnsblOptions(List.of(DnsblZone.of(DEFAULT_ZONE)), 1, OnError.ACCEPT, true);
	}

}
