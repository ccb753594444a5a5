/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import io.mailio.session.AuthMode;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import io.mailio.transport.ClientAuth;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** One of several listeners. */
public class ListenerProperties {

	/**
	 * Port to listen on; 0 picks a free one, published as local.mailio.[name].port.
	 */
	private @Nullable Integer port;

	/**
	 * Network address to listen on. Defaults to all addresses.
	 */
	private @Nullable InetAddress address;

	/**
	 * What it speaks: SMTP, or LMTP for delivery from a server that keeps a queue.
	 */
	private Protocol protocol = Protocol.SMTP;

	/**
	 * How it uses TLS: not, when the client asks for it with STARTTLS, or from the first
	 * octet. Defaults to STARTTLS if there is a bundle.
	 */
	private @Nullable TlsMode tls;

	/**
	 * Whether clients cannot, may, or must log in. Where they must, messages are
	 * submitted by their authors: see mail/sender-login.
	 */
	private AuthMode auth = AuthMode.OPTIONAL;

	/**
	 * Addresses and networks of proxies, such as 10.0.0.0/8, whose connections begin with
	 * a header of the PROXY protocol, version 1 or 2. None by default.
	 */
	private List<String> proxyProtocol = new ArrayList<>();

	/**
	 * SSL bundle of this listener. Defaults to mailio.ssl.bundle.
	 */
	private @Nullable String bundle;

	/**
	 * Whether clients of this listener are asked for a certificate. Defaults to
	 * mailio.ssl.client-auth.
	 */
	private @Nullable ClientAuth clientAuth;

	/**
	 * What a client of this listener may use up. What is not set is as in mailio.limits.
	 */
	@NestedConfigurationProperty
	private final LimitsProperties limits = new LimitsProperties();

	public @Nullable Integer getPort() {
		return this.port;
	}

	public void setPort(@Nullable Integer port) {
		this.port = port;
	}

	public @Nullable InetAddress getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable InetAddress address) {
		this.address = address;
	}

	public Protocol getProtocol() {
		return this.protocol;
	}

	public void setProtocol(Protocol protocol) {
		this.protocol = protocol;
	}

	public @Nullable TlsMode getTls() {
		return this.tls;
	}

	public void setTls(@Nullable TlsMode tls) {
		this.tls = tls;
	}

	public AuthMode getAuth() {
		return this.auth;
	}

	public void setAuth(AuthMode auth) {
		this.auth = auth;
	}

	public List<String> getProxyProtocol() {
		return this.proxyProtocol;
	}

	public void setProxyProtocol(List<String> proxyProtocol) {
		this.proxyProtocol = proxyProtocol;
	}

	public @Nullable ClientAuth getClientAuth() {
		return this.clientAuth;
	}

	public void setClientAuth(@Nullable ClientAuth clientAuth) {
		this.clientAuth = clientAuth;
	}

	public @Nullable String getBundle() {
		return this.bundle;
	}

	public void setBundle(@Nullable String bundle) {
		this.bundle = bundle;
	}

	public LimitsProperties getLimits() {
		return this.limits;
	}

}
