/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.mailio.transport.ClientAuth;
import io.mailio.transport.Tls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.util.StringUtils;

/**
 * Gives the keys of SSL bundles, now and whenever one of the bundles is updated.
 */
final class BundledTls {

	private static final Logger logger = LoggerFactory.getLogger(BundledTls.class);

	private static final BundledTls NONE = new BundledTls("", null, List.of(), ClientAuth.NONE, null);

	private final String prefix;

	private final @Nullable String bundle;

	private final List<MailioProperties.ServerNameBundle> named;

	private final ClientAuth clientAuth;

	private final @Nullable SslBundles bundles;

	private final ReentrantLock updating = new ReentrantLock();

	private BundledTls(String prefix, @Nullable String bundle, List<MailioProperties.ServerNameBundle> named,
			ClientAuth clientAuth, @Nullable SslBundles bundles) {
		this.prefix = prefix;
		this.bundle = bundle;
		this.named = named;
		this.clientAuth = clientAuth;
		this.bundles = bundles;
	}

	/** The keys of the server, if it has any. */
	static BundledTls of(MailioProperties.Ssl ssl, ObjectProvider<SslBundles> bundles) {
		return StringUtils.hasText(ssl.getBundle()) ? new BundledTls("mailio.ssl", ssl.getBundle(),
				ssl.getServerNameBundles(), ssl.getClientAuth(), bundles.getObject()) : NONE;
	}

	/**
	 * What a listener has instead of the server's: a bundle of its own, or the server's
	 * bundles and its own way with client certificates. Nothing, if it says nothing.
	 */
	static BundledTls of(String listener, MailioProperties.Listener own, MailioProperties.Ssl ssl,
			ObjectProvider<SslBundles> bundles) {
		String prefix = "mailio.listeners." + listener;
		ClientAuth clientAuth = (own.getClientAuth() != null) ? own.getClientAuth() : ssl.getClientAuth();
		if (StringUtils.hasText(own.getBundle())) {
			return new BundledTls(prefix, own.getBundle(), List.of(), clientAuth, bundles.getObject());
		}
		if (clientAuth == ssl.getClientAuth()) {
			return NONE;
		}
		if (!StringUtils.hasText(ssl.getBundle()) && clientAuth != ClientAuth.NONE) {
			throw new InvalidConfigurationPropertyValueException(prefix + ".client-auth", clientAuth,
					"There is no TLS without " + prefix + ".bundle or mailio.ssl.bundle");
		}
		return StringUtils.hasText(ssl.getBundle())
				? new BundledTls(prefix, ssl.getBundle(), ssl.getServerNameBundles(), clientAuth, bundles.getObject())
				: NONE;
	}

	/** Gives the keys as they are now, if there are any. */
	void give(Consumer<Tls> keys) {
		if (this.bundles != null && this.bundle != null) {
			keys.accept(tls(this.bundles, this.bundle));
		}
	}

	/** Gives the keys whenever a bundle is updated. */
	void follow(Consumer<Tls> keys) {
		if (this.bundles == null) {
			return;
		}
		Set<String> names = new LinkedHashSet<>();
		names.add(this.bundle);
		this.named.forEach((one) -> names.add(one.getBundle()));
		for (String name : names) {
			this.bundles.addBundleUpdateHandler(name, (updated) -> update(name, keys));
		}
	}

	/** In turn, so that the last keys are those of the last update. */
	private void update(String name, Consumer<Tls> keys) {
		this.updating.lock();
		try {
			give(keys);
		}
		catch (RuntimeException ex) {
			logger.error("The SSL bundle '{}' was updated, but cannot be used: the keys stay as they were", name, ex);
		}
		finally {
			this.updating.unlock();
		}
	}

	private Tls tls(SslBundles bundles, String name) {
		SslBundle main = bundle(bundles, this.prefix + ".bundle", name);
		SslOptions options = main.getOptions();
		Tls.Builder tls = Tls.builder(main.getManagers().getKeyManagerFactory())
			.protocols(list(options.getEnabledProtocols()))
			.ciphers(list(options.getCiphers()));
		for (int i = 0; i < this.named.size(); i++) {
			name(tls, bundles, i);
		}
		if (this.clientAuth != ClientAuth.NONE) {
			askClients(tls, main);
		}
		return tls.build();
	}

	private void name(Tls.Builder tls, SslBundles bundles, int index) {
		MailioProperties.ServerNameBundle named = this.named.get(index);
		SslBundle bundle = bundle(bundles, "mailio.ssl.server-name-bundles[" + index + "].bundle", named.getBundle());
		try {
			tls.forServerName(named.getServerName(), bundle.getManagers().getKeyManagerFactory());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(
					"mailio.ssl.server-name-bundles[" + index + "].server-name", named.getServerName(),
					ex.getMessage());
		}
	}

	private static SslBundle bundle(SslBundles bundles, String property, String name) {
		try {
			return bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidConfigurationPropertyValueException(property, name,
					"There is no SSL bundle of this name: define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks");
		}
	}

	/** Without a trust store the JDK would trust every public authority. */
	private void askClients(Tls.Builder tls, SslBundle main) {
		if (main.getStores().getTrustStore() == null) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".client-auth", this.clientAuth,
					"The SSL bundle '" + this.bundle + "' has no trust store: it says which client certificates to "
							+ "trust");
		}
		tls.clientAuth(this.clientAuth, main.getManagers().getTrustManagerFactory());
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

}
