/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;

/**
 * Keys and how they are used for TLS, TLS 1.2 and 1.3 only: what came before is not safe
 * (RFC 8996). OpenSSL does the work if Netty's {@code tcnative} is on the class path, the
 * JDK's engine otherwise. Immutable, for any number of connections.
 */
public final class Tls {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private final SslContext context;

	private Tls(SslContext context) {
		this.context = context;
	}

	/**
	 * TLS with these keys, and all else as it is best.
	 * @param keys the server's keys and certificates
	 * @return the TLS
	 * @throws IllegalArgumentException if it cannot be set up with them
	 */
	public static Tls of(KeyManagerFactory keys) {
		return of(keys, List.of(), List.of());
	}

	/**
	 * TLS with these keys.
	 * @param keys the server's keys and certificates
	 * @param protocols {@code TLSv1.3}, {@code TLSv1.2} or both; both if empty
	 * @param ciphers cipher suites by their standard names; the engine's choice if empty
	 * @return the TLS
	 * @throws IllegalArgumentException if it cannot be set up with them
	 */
	public static Tls of(KeyManagerFactory keys, List<String> protocols, List<String> ciphers) {
		for (String protocol : protocols) {
			if (!PROTOCOLS.contains(protocol)) {
				throw new IllegalArgumentException(
						"The TLS protocol " + protocol + " is not supported; there are " + PROTOCOLS);
			}
		}
		try {
			SslContextBuilder builder = SslContextBuilder.forServer(keys)
				.protocols(protocols.isEmpty() ? PROTOCOLS : protocols);
			if (!ciphers.isEmpty()) {
				builder.ciphers(ciphers, SupportedCipherSuiteFilter.INSTANCE);
			}
			return new Tls(builder.build());
		}
		catch (SSLException | RuntimeException ex) {
			throw new IllegalArgumentException("TLS cannot be set up: " + ex.getMessage(), ex);
		}
	}

	/**
	 * A client may not have us calculate one handshake after the other (RFC 9325 section
	 * 3.5). Only TLS 1.2 knows that, and only the JDK's engine allows it: from now on it
	 * takes no handshake for TLS 1.2 any more.
	 */
	void forbidRenegotiation(SSLEngine engine) {
		if (this.context instanceof JdkSslContext && engine.getSession().getProtocol().equals("TLSv1.2")) {
			engine.setEnabledProtocols(new String[] { "TLSv1.3" });
		}
	}

	SslContext context() {
		return this.context;
	}

}
