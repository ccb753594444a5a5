/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.mailio;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;

/** Self-signed certificates for mx.example.com; each trusts itself only. */
public enum TestKeys {

	FIRST, SECOND;

	private static final char[] PASSWORD = "changeit".toCharArray();

	/** What a server needs that uses the best engine. */
	public Tls server() {
		return server(TlsEngine.best());
	}

	/** What a server needs that uses this engine. */
	public Tls server(TlsEngine engine) {
		try {
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(store(), PASSWORD);
			return Tls.builder(keys).engine(engine).build();
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What a client needs that trusts this certificate and no other. */
	public SSLContext client() {
		try {
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private KeyStore store() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = getClass()
			.getResourceAsStream("/" + name().toLowerCase(java.util.Locale.ROOT) + ".p12")) {
			store.load(in, PASSWORD);
		}
		return store;
	}

}
