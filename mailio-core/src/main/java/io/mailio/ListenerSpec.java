/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.regex.Pattern;

import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.ListenerRules;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import io.mailio.transport.Tls;
import io.mailio.transport.TrustedProxies;
import org.jspecify.annotations.Nullable;

/**
 * Says how one of several listeners is; each method returns this same object. Used by one
 * thread, while the server is put together.
 */
public final class ListenerSpec {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

	private static final int UNSAID = -1;

	private final String name;

	private InetAddress address = new InetSocketAddress(0).getAddress();

	private int port = UNSAID;

	private Protocol protocol = Protocol.SMTP;

	private @Nullable TlsMode tlsMode;

	private @Nullable Tls tls;

	private AuthMode auth = AuthMode.OPTIONAL;

	private @Nullable Limits limits;

	private TrustedProxies trustedProxies = TrustedProxies.NONE;

	ListenerSpec(String name) {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException("The name '" + name
					+ "' of a listener is not made of up to 64 letters, digits, dots, hyphens and underscores");
		}
		this.name = name;
	}

	ListenerSpec(ListenerSpec other) {
		this.name = other.name;
		this.address = other.address;
		this.port = other.port;
		this.protocol = other.protocol;
		this.tlsMode = other.tlsMode;
		this.tls = other.tls;
		this.auth = other.auth;
		this.limits = other.limits;
		this.trustedProxies = other.trustedProxies;
	}

	/** Where to listen; the default is all addresses. */
	public ListenerSpec address(InetAddress address) {
		this.address = address;
		return this;
	}

	/**
	 * The port, 0 for any free one; it has to be given.
	 * @throws IllegalArgumentException if it does not lie between 0 and 65535
	 */
	public ListenerSpec port(int port) {
		if (port < 0 || port > 65535) {
			throw new IllegalArgumentException("A port lies between 0 and 65535, not " + port);
		}
		this.port = port;
		return this;
	}

	/** What it speaks; the default is SMTP. */
	public ListenerSpec protocol(Protocol protocol) {
		this.protocol = protocol;
		return this;
	}

	/** How it uses TLS; the default is STARTTLS if there are keys. */
	public ListenerSpec tlsMode(TlsMode tlsMode) {
		this.tlsMode = tlsMode;
		return this;
	}

	/** Keys of its own; the default is those of the server. */
	public ListenerSpec tls(Tls tls) {
		this.tls = tls;
		return this;
	}

	/**
	 * Whether clients log in; the default is that they may. A listener on which they must
	 * is one for submission (RFC 6409).
	 */
	public ListenerSpec auth(AuthMode auth) {
		this.auth = auth;
		return this;
	}

	/** The bounds of its sessions; the default is those of the server. */
	public ListenerSpec limits(Limits limits) {
		this.limits = limits;
		return this;
	}

	/**
	 * From where connections begin with a header of the PROXY protocol (version 1 or 2)
	 * that says who the client is. The header must then be there; from elsewhere it is
	 * not taken. The default is nowhere.
	 * @param networks addresses, or networks such as {@code 10.0.0.0/8}
	 * @throws IllegalArgumentException if one is neither
	 */
	public ListenerSpec trustedProxies(Collection<String> networks) {
		this.trustedProxies = TrustedProxies.of(networks);
		return this;
	}

	String name() {
		return this.name;
	}

	InetSocketAddress socketAddress() {
		return new InetSocketAddress(this.address, this.port);
	}

	@Nullable Tls tls() {
		return this.tls;
	}

	@Nullable Limits limits() {
		return this.limits;
	}

	TrustedProxies trustedProxies() {
		return this.trustedProxies;
	}

	/** What holds on this listener if it has these keys. */
	ListenerRules rules(@Nullable Tls keys, boolean authRequiresTls) {
		TlsMode mode = this.tlsMode;
		if (mode == null) {
			mode = (keys != null) ? TlsMode.STARTTLS : TlsMode.NONE;
		}
		return new ListenerRules(this.protocol, mode, this.auth, authRequiresTls);
	}

	/**
	 * Whether all is said that has to be.
	 * @throws ListenerConfigurationException if not
	 */
	void check(boolean hasKeys) {
		if (this.port == UNSAID) {
			throw new ListenerConfigurationException("The listener '" + this.name + "' has no port",
					"Give it a port; 0 picks a free one.");
		}
		if (this.tlsMode != null && this.tlsMode != TlsMode.NONE && !hasKeys) {
			throw new ListenerConfigurationException(
					"The listener '" + this.name + "' is to use TLS, but there are no keys",
					"Give the server or the listener a key and a certificate (an SSL bundle in Spring), "
							+ "or set its TLS to 'none'.");
		}
	}

}
