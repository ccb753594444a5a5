/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.mailio.transport.ClientAuth;
import org.jspecify.annotations.Nullable;

/**
 * {@code mailio.ssl.*}.
 */
public class SslProperties {

	/**
	 * Name of the SSL bundle whose keys STARTTLS uses. Without a bundle STARTTLS is not
	 * offered. When the bundle is updated, new sessions use the new keys.
	 */
	private @Nullable String bundle;

	/**
	 * SSL bundles for clients that ask for a server name (SNI); mailio.ssl.bundle is for
	 * the others.
	 */
	private List<ServerNameBundle> serverNameBundles = new ArrayList<>();

	/**
	 * Whether clients are asked for a certificate that the trust store of the bundle
	 * trusts: none, want, or need.
	 */
	private ClientAuth clientAuth = ClientAuth.NONE;

	public @Nullable String getBundle() {
		return this.bundle;
	}

	public void setBundle(@Nullable String bundle) {
		this.bundle = bundle;
	}

	public List<ServerNameBundle> getServerNameBundles() {
		return this.serverNameBundles;
	}

	public void setServerNameBundles(List<ServerNameBundle> serverNameBundles) {
		this.serverNameBundles = serverNameBundles;
	}

	public ClientAuth getClientAuth() {
		return this.clientAuth;
	}

	public void setClientAuth(ClientAuth clientAuth) {
		this.clientAuth = clientAuth;
	}

	/** {@code mailio.ssl.server-name-bundles[].*}. */
	public static class ServerNameBundle {

		/**
		 * A domain name, or *. and a domain for all names with one label more.
		 */
		private String serverName = "";

		/**
		 * SSL bundle for this name; its keys are used.
		 */
		private String bundle = "";

		public String getServerName() {
			return this.serverName;
		}

		public void setServerName(String serverName) {
			this.serverName = serverName;
		}

		public String getBundle() {
			return this.bundle;
		}

		public void setBundle(String bundle) {
			this.bundle = bundle;
		}

	}

}
