/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and how they are used for TLS, TLS 1.2 and 1.3 only: what came before is not safe
 * (RFC 8996). Immutable, for any number of connections.
 *
 * <pre class="code">
 * Tls.builder(keys).forServerName("mx.foo.com", fooKeys).clientAuth(ClientAuth.WANT, trust).build()
 * </pre>
 */
public final class Tls {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private static final Logger logger = LoggerFactory.getLogger(Tls.class);

	/**
	 * Forward secret and authenticated encryption only (RFC 9325 sections 4.1 and 4.2),
	 * in the order of that RFC: a client that knows none of these is from before TLS 1.2.
	 */
	private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
			"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

	private final SslContext context;

	private final List<X509Certificate> certificates;

	private Tls(SslContext context, List<X509Certificate> certificates) {
		this.context = context;
		this.certificates = certificates;
	}

	/**
	 * TLS with these keys, and all else as it is best.
	 * @param keys the server's keys and certificates
	 * @return the TLS
	 * @throws TlsKeysException if they cannot work
	 * @throws IllegalArgumentException if TLS cannot be set up with them
	 */
	public static Tls of(KeyManagerFactory keys) {
		return builder(keys).build();
	}

	/**
	 * TLS with these keys, and more to say.
	 * @param keys the server's keys and certificates, for clients that ask for no name or
	 * one that has no keys of its own
	 * @return a builder, to be used by one thread
	 * @throws TlsKeysException if there is no private key with a certificate, or one that
	 * is not that of its certificate
	 */
	public static Builder builder(KeyManagerFactory keys) {
		return new Builder(keys);
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

	/** The certificates of the server, first those for clients that ask for no name. */
	public List<X509Certificate> certificates() {
		return this.certificates;
	}

	SslContext context() {
		return this.context;
	}

	/** Says how TLS is; each method returns this same object. */
	public static final class Builder {

		private final KeyManagerFactory keys;

		private final Map<String, KeyManagerFactory> named = new LinkedHashMap<>();

		private List<String> protocols = PROTOCOLS;

		private List<String> ciphers = CIPHERS;

		private ClientAuth clientAuth = ClientAuth.NONE;

		private @Nullable TrustManagerFactory trust;

		private TlsEngine engine = TlsEngine.best();

		private final Set<X509Certificate> certificates;

		private Builder(KeyManagerFactory keys) {
			this.keys = keys;
			this.certificates = ServerKeys.check(keys);
		}

		/**
		 * Keys for clients that ask for a name (SNI, RFC 6066 section 3). A name goes
		 * before a wildcard.
		 * @param name a domain name, or {@code *.} and a domain for all names with one
		 * label more; in any case, with U-labels or A-labels
		 * @param keys the keys and certificates for it
		 * @throws TlsKeysException if the keys cannot work, see {@link Tls#builder}
		 * @throws IllegalArgumentException if it is no such name, or has keys already
		 */
		public Builder forServerName(String name, KeyManagerFactory keys) {
			if (this.named.putIfAbsent(NamedKeys.normalized(name), keys) != null) {
				throw new IllegalArgumentException("The server name '" + name + "' has two keys");
			}
			this.certificates.addAll(ServerKeys.check(keys));
			return this;
		}

		/**
		 * Whether clients are asked for a certificate; the default is that they are not.
		 * @param clientAuth whether they are
		 * @param trust whose certificates are taken
		 */
		public Builder clientAuth(ClientAuth clientAuth, TrustManagerFactory trust) {
			this.clientAuth = clientAuth;
			this.trust = trust;
			return this;
		}

		/**
		 * The versions of TLS: {@code TLSv1.3}, {@code TLSv1.2} or both; both if empty.
		 * @throws IllegalArgumentException if another one is among them
		 */
		public Builder protocols(List<String> protocols) {
			for (String protocol : protocols) {
				if (!PROTOCOLS.contains(protocol)) {
					throw new IllegalArgumentException(
							"The TLS protocol " + protocol + " is not supported; there are " + PROTOCOLS);
				}
			}
			this.protocols = protocols.isEmpty() ? PROTOCOLS : List.copyOf(protocols);
			return this;
		}

		/**
		 * Cipher suites by their standard names, the best first; those that the engine
		 * does not have are left out. If empty, ECDHE with AES-GCM and ChaCha20-Poly1305,
		 * and those of TLS 1.3 (RFC 9325 section 4.2).
		 */
		public Builder ciphers(List<String> ciphers) {
			this.ciphers = ciphers.isEmpty() ? CIPHERS : List.copyOf(ciphers);
			return this;
		}

		/** Who does the work; the default is {@link TlsEngine#best()}. */
		public Builder engine(TlsEngine engine) {
			this.engine = engine;
			return this;
		}

		/**
		 * Builds it. Certificates that are not valid now are taken, with a warning in the
		 * log: many servers send all the same.
		 * @throws IllegalArgumentException if it cannot be set up
		 */
		public Tls build() {
			try {
				SslContextBuilder builder = this.engine.context(this.keys, this.named)
					.protocols(this.protocols)
					.ciphers(this.ciphers, SupportedCipherSuiteFilter.INSTANCE);
				if (this.clientAuth != ClientAuth.NONE) {
					builder.clientAuth(this.clientAuth.mode()).trustManager(this.trust);
				}
				SslContext context = builder.build();
				this.certificates.forEach(Builder::warnIfNotValid);
				return new Tls(context, List.copyOf(this.certificates));
			}
			catch (SSLException | RuntimeException ex) {
				throw new IllegalArgumentException("TLS cannot be set up: " + ex.getMessage(), ex);
			}
		}

		private static void warnIfNotValid(X509Certificate certificate) {
			try {
				certificate.checkValidity();
			}
			catch (CertificateExpiredException ex) {
				logger.warn("The certificate of {} has expired on {}: clients that check it do not send",
						certificate.getSubjectX500Principal(), certificate.getNotAfter().toInstant());
			}
			catch (CertificateNotYetValidException ex) {
				logger.warn("The certificate of {} is not valid before {}: clients that check it do not send",
						certificate.getSubjectX500Principal(), certificate.getNotBefore().toInstant());
			}
		}

	}

}
