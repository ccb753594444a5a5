/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.security.KeyStore;
import java.util.Map;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who does the work of TLS. What clients and handlers see is the same. */
public enum TlsEngine {

	/** The JDK; always there. */
	JDK {

		@Override
		SslContextBuilder context(KeyManagerFactory keys, Map<String, KeyManagerFactory> named) {
			SslContextBuilder builder = named.isEmpty() ? SslContextBuilder.forServer(keys)
					: SslContextBuilder.forServer(new NamedKeys(keys, named));
			return builder.sslProvider(SslProvider.JDK);
		}

	},

	/** OpenSSL or BoringSSL; there if Netty's {@code tcnative} is on the class path. */
	OPENSSL {

		/** The keys are translated once, not in each handshake. */
		@Override
		SslContextBuilder context(KeyManagerFactory keys, Map<String, KeyManagerFactory> named) {
			KeyManagerFactory all = named.isEmpty() ? keys : new Keys(new NamedKeys(keys, named));
			return SslContextBuilder.forServer(new OpenSslCachingX509KeyManagerFactory(all))
				.sslProvider(SslProvider.OPENSSL);
		}

	};

	private static final Logger logger = LoggerFactory.getLogger(TlsEngine.class);

	private static final TlsEngine BEST = choose();

	abstract SslContextBuilder context(KeyManagerFactory keys, Map<String, KeyManagerFactory> named);

	/** OpenSSL if it is there, otherwise the JDK. Always the same. */
	public static TlsEngine best() {
		return BEST;
	}

	private static TlsEngine choose() {
		if (OpenSsl.isAvailable()) {
			logger.info("TLS is done by {}", OpenSsl.versionString());
			return OPENSSL;
		}
		Throwable reason = OpenSsl.unavailabilityCause();
		if (reason instanceof ClassNotFoundException) {
			logger.info("TLS is done by the JDK");
		}
		else {
			logger.warn("TLS is done by the JDK, because Netty's tcnative does not work here", reason);
		}
		return JDK;
	}

	/** Keys in the form in which they are cached. */
	private static final class Keys extends SimpleKeyManagerFactory {

		private final NamedKeys keys;

		Keys(NamedKeys keys) {
			this.keys = keys;
		}

		@Override
		protected void engineInit(KeyStore store, char[] password) {
		}

		@Override
		protected void engineInit(ManagerFactoryParameters parameters) {
		}

		@Override
		protected KeyManager[] engineGetKeyManagers() {
			return new KeyManager[] { this.keys };
		}

	}

}
