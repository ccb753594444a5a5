/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;

import io.mailio.plugin.OnError;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.RdnsOptions;

/** The built-in handlers of connect: {@code mailio.handlers.connect.*}. */
public class ConnectProperties {

	private final EarlyTalker earlyTalker = new EarlyTalker();

	private final Rdns rdns = new Rdns();

	public EarlyTalker getEarlyTalker() {
		return this.earlyTalker;
	}

	public Rdns getRdns() {
		return this.rdns;
	}

	/** connect/early-talker. */
	public static class EarlyTalker {

		/**
		 * Whether clients wait for the greeting, and those that speak before are refused.
		 */
		private boolean enabled = false;

		/**
		 * How long clients wait, less than 5 minutes. Clients on this machine do not.
		 */
		private Duration delay = EarlyTalkerOptions.DEFAULT_DELAY;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

	}

	/** connect/rdns. */
	public static class Rdns {

		/**
		 * Whether names of clients are looked up in both directions.
		 */
		private boolean enabled = true;

		/**
		 * What the address of a client must have: nothing, a name, or a name that leads
		 * back to it (confirmed). Otherwise the client is refused.
		 */
		private RdnsOptions.Requirement require = RdnsOptions.Requirement.NOTHING;

		/**
		 * What becomes of a client about which the DNS cannot tell, if something is
		 * required: accept, or tempfail for 450.
		 */
		private OnError onError = OnError.TEMPFAIL;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public RdnsOptions.Requirement getRequire() {
			return this.require;
		}

		public void setRequire(RdnsOptions.Requirement require) {
			this.require = require;
		}

		public OnError getOnError() {
			return this.onError;
		}

		public void setOnError(OnError onError) {
			this.onError = onError;
		}

		RdnsOptions options() {
			return new RdnsOptions(this.require, this.onError);
		}

	}

}
