/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.mailio.plugin.OnError;
import io.mailio.plugin.rcpt.CodeFilter;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.DnsblZone;

/** rcpt/dnsbl: {@code mailio.handlers.rcpt.dnsbl.*}. */
public class DnsblProperties {

	/**
	 * Whether lists in the DNS are asked about clients.
	 */
	private boolean enabled = true;

	/**
	 * Lists to ask: the domains of the lists, or entries with name, weight and codes.
	 */
	private List<Zone> zones = new ArrayList<>(List.of(Zone.of(DnsblOptions.DEFAULT_ZONE)));

	/**
	 * How much the weights of the lists that a client is on must add up to for it to be
	 * refused.
	 */
	private int threshold = 1;

	/**
	 * What becomes of a client where lists that give no usable answer would decide:
	 * accept, or tempfail for 451.
	 */
	private OnError onError = OnError.ACCEPT;

	/**
	 * Whether mail to postmaster of a served domain is accepted also from clients that
	 * are refused otherwise.
	 */
	private boolean exemptPostmaster = true;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public List<Zone> getZones() {
		return this.zones;
	}

	public void setZones(List<Zone> zones) {
		this.zones = zones;
	}

	public int getThreshold() {
		return this.threshold;
	}

	public void setThreshold(int threshold) {
		this.threshold = threshold;
	}

	public OnError getOnError() {
		return this.onError;
	}

	public void setOnError(OnError onError) {
		this.onError = onError;
	}

	public boolean isExemptPostmaster() {
		return this.exemptPostmaster;
	}

	public void setExemptPostmaster(boolean exemptPostmaster) {
		this.exemptPostmaster = exemptPostmaster;
	}

	/**
	 * What the handler is given.
	 * @throws IllegalArgumentException if it cannot work with that
	 */
	DnsblOptions options() {
		return new DnsblOptions(this.zones.stream().map(Zone::zone).toList(), this.threshold, this.onError,
				this.exemptPostmaster);
	}

	/** A list. */
	public static class Zone {

		/**
		 * Domain of the list, for example zen.spamhaus.org.
		 */
		private String name = "";

		/**
		 * What it counts to be on the list; negative for a list of those who are trusted.
		 */
		private int weight = 1;

		/**
		 * Answers that count, for example 127.0.0.2-11 or 127.0.*.1-3. Defaults to all.
		 */
		private List<String> codes = new ArrayList<>();

		/**
		 * A list of which only the domain is given, as it stands in a property.
		 * @param name the domain
		 */
		public static Zone of(String name) {
			Zone zone = new Zone();
			zone.setName(name);
			return zone;
		}

		public String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

		public int getWeight() {
			return this.weight;
		}

		public void setWeight(int weight) {
			this.weight = weight;
		}

		public List<String> getCodes() {
			return this.codes;
		}

		public void setCodes(List<String> codes) {
			this.codes = codes;
		}

		DnsblZone zone() {
			return new DnsblZone(this.name, this.weight, this.codes.stream().map(CodeFilter::parse).toList());
		}

		/** As it is told of in errors. */
		@Override
		public String toString() {
			return this.name;
		}

	}

}
