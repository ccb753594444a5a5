/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;

import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import org.jspecify.annotations.Nullable;

/**
 * Several keys of which the name that the client asks for chooses one (RFC 6066 section
 * 3): the name itself, else the wildcard above it, else the default, which is also for
 * clients that ask for none. The handshake asks, whichever engine does it, so everything
 * else of a connection is the same for all names.
 */
final class NamedKeys extends X509ExtendedKeyManager {

	private static final String WILDCARD = "*.";

	private final List<X509ExtendedKeyManager> keys = new ArrayList<>();

	private final Map<String, Integer> names = new HashMap<>();

	/**
	 * The keys.
	 * @param others the default
	 * @param named by server name, see {@link #normalized}
	 */
	NamedKeys(KeyManagerFactory others, Map<String, KeyManagerFactory> named) {
		this.keys.add(manager(others));
		named.forEach((name, factory) -> {
			this.names.put(name, this.keys.size());
			this.keys.add(manager(factory));
		});
	}

	private static X509ExtendedKeyManager manager(KeyManagerFactory factory) {
		for (KeyManager manager : factory.getKeyManagers()) {
			if (manager instanceof X509ExtendedKeyManager keys) {
				return keys;
			}
		}
		throw new IllegalArgumentException("There are no X.509 keys");
	}

	/**
	 * A server name as it is compared: in lower case, with A-labels.
	 * @throws IllegalArgumentException if it is neither a name nor a wildcard for the
	 * first label of one
	 */
	static String normalized(String name) {
		String ascii = DomainNames.toAscii(name);
		String domain = ascii.startsWith(WILDCARD) ? ascii.substring(WILDCARD.length()) : ascii;
		boolean right = DomainNames.isAscii(domain) && !domain.startsWith("[") && AddressParser.isDomain(domain);
		if (!right) {
			throw new IllegalArgumentException(
					"'" + name + "' is not a server name such as mx.example.com or *.example.com");
		}
		return ascii;
	}

	/** Which keys are for a client that asks for this name, {@code null} for none. */
	int indexOf(@Nullable String requested) {
		if (requested == null) {
			return 0;
		}
		String name = requested.toLowerCase(Locale.ROOT);
		Integer exact = this.names.get(name);
		if (exact != null) {
			return exact;
		}
		int dot = name.indexOf('.');
		return (dot > 0) ? this.names.getOrDefault("*" + name.substring(dot), 0) : 0;
	}

	private static @Nullable String requested(SSLEngine engine) {
		SSLSession handshake = engine.getHandshakeSession();
		if (handshake instanceof ExtendedSSLSession session) {
			for (SNIServerName name : session.getRequestedServerNames()) {
				if (name.getType() == StandardConstants.SNI_HOST_NAME) {
					return new String(name.getEncoded(), StandardCharsets.US_ASCII);
				}
			}
		}
		return null;
	}

	@Override
	public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
		int index = indexOf(requested(engine));
		String alias = this.keys.get(index).chooseEngineServerAlias(keyType, issuers, engine);
		return (alias != null) ? index + "/" + alias : null;
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return of(alias).getCertificateChain(own(alias));
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return of(alias).getPrivateKey(own(alias));
	}

	private X509ExtendedKeyManager of(String alias) {
		return this.keys.get(Integer.parseInt(alias.substring(0, alias.indexOf('/'))));
	}

	private static String own(String alias) {
		return alias.substring(alias.indexOf('/') + 1);
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
		return null;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers,
			@Nullable Socket socket) {
		return null;
	}

}
