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
import java.util.stream.Collectors;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.transport.ClientAuth;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsKeysException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.NestedExceptionUtils;

/**
 * Gives the keys of SSL bundles, now and whenever one of the bundles is updated.
 */
final class BundledTls {

	private static final Logger logger = LoggerFactory.getLogger(BundledTls.class);

	static final String BUNDLE = "mailio.ssl.bundle";

	private static final String CLIENT_AUTH = "mailio.ssl.client-auth";

	private static final BundledTls NONE = new BundledTls(new Named(BUNDLE, ""), List.of(), CLIENT_AUTH,
			ClientAuth.NONE, null);

	private final Named main;

	private final List<SslProperties.ServerNameBundle> named;

	private final String clientAuthProperty;

	private final ClientAuth clientAuth;

	private final @Nullable SslBundles bundles;

	private final ReentrantLock updating = new ReentrantLock();

	private BundledTls(Named main, List<SslProperties.ServerNameBundle> named, String clientAuthProperty,
			ClientAuth clientAuth, @Nullable SslBundles bundles) {
		this.main = main;
		this.named = named;
		this.clientAuthProperty = clientAuthProperty;
		this.clientAuth = clientAuth;
		this.bundles = bundles;
	}

	/** The keys of the server, if it has any. */
	static BundledTls of(SslProperties ssl, ObjectProvider<SslBundles> bundles) {
		String bundle = ssl.getBundle();
		return (bundle != null && !bundle.isBlank()) ? new BundledTls(new Named(BUNDLE, bundle),
				ssl.getServerNameBundles(), CLIENT_AUTH, ssl.getClientAuth(), bundles.getObject()) : NONE;
	}

	/**
	 * What a listener has instead of the server's: a bundle of its own, or the server's
	 * bundles and its own way with client certificates. Nothing, if it says nothing.
	 */
	static BundledTls of(String listener, ListenerProperties own, SslProperties ssl,
			ObjectProvider<SslBundles> bundles) {
		boolean ownWay = own.getClientAuth() != null;
		ClientAuth clientAuth = ownWay ? own.getClientAuth() : ssl.getClientAuth();
		String clientAuthProperty = ownWay ? listener(listener) + ".client-auth" : CLIENT_AUTH;
		String bundle = own.getBundle();
		if (bundle != null && !bundle.isBlank()) {
			return new BundledTls(new Named(listener(listener) + ".bundle", bundle), List.of(), clientAuthProperty,
					clientAuth, bundles.getObject());
		}
		if (clientAuth == ssl.getClientAuth()) {
			return NONE;
		}
		String shared = ssl.getBundle();
		if (shared != null && !shared.isBlank()) {
			return new BundledTls(new Named(BUNDLE, shared), ssl.getServerNameBundles(), clientAuthProperty, clientAuth,
					bundles.getObject());
		}
		if (clientAuth != ClientAuth.NONE) {
			throw new InvalidConfigurationPropertyValueException(clientAuthProperty, clientAuth,
					"There is no TLS without " + listener(listener) + ".bundle or " + BUNDLE);
		}
		return NONE;
	}

	static String listener(String name) {
		return "mailio.listeners." + name;
	}

	static String serverName(int index) {
		return "mailio.ssl.server-name-bundles[" + index + "]";
	}

	static String adviceFor(String bundle) {
		return "Look at the properties below 'spring.ssl.bundle.pem." + bundle + "' or 'spring.ssl.bundle.jks." + bundle
				+ "': the files that they name have to be there, readable for the user that runs the "
				+ "application, and hold a private key and the certificate that belongs to it.";
	}

	/**
	 * Who the trust store of a bundle trusts.
	 * @param property the property that names the bundle
	 */
	static TrustManagerFactory trust(String property, String bundle, SslBundles bundles) {
		Named named = new Named(property, bundle);
		SslBundle trusting = named.in(bundles);
		try {
			if (trusting.getStores().getTrustStore() != null) {
				return trusting.getManagers().getTrustManagerFactory();
			}
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw named.unusable(ex);
		}
		throw new InvalidConfigurationPropertyValueException(property, bundle,
				"The SSL bundle has no trust store: it says whose certificates to trust");
	}

	/** Gives the same whenever the bundle is updated. */
	static void followTrust(String property, String bundle, SslBundles bundles, Consumer<TrustManagerFactory> trust) {
		bundles.addBundleUpdateHandler(bundle, (updated) -> {
			try {
				trust.accept(trust(property, bundle, bundles));
				logger.info(
						"The SSL bundle '{}' was updated: new connections to other servers trust whom it trusts now",
						bundle);
			}
			catch (RuntimeException ex) {
				logger.error("The SSL bundle '{}' was updated, but cannot be used: other servers are trusted as before",
						bundle, ex);
			}
		});
	}

	/** Gives the keys as they are now, if there are any. */
	void give(Consumer<Tls> keys) {
		if (this.bundles != null) {
			keys.accept(tls(this.bundles));
		}
	}

	/** Gives the keys whenever a bundle is updated. */
	void follow(Consumer<Tls> keys) {
		SslBundles bundles = this.bundles;
		if (bundles == null) {
			return;
		}
		Set<String> names = new LinkedHashSet<>();
		names.add(this.main.bundle());
		this.named.forEach((one) -> names.add(one.getBundle()));
		for (String name : names) {
			bundles.addBundleUpdateHandler(name, (updated) -> update(name, bundles, keys));
		}
	}

	/** In turn, so that the last keys are those of the last update. */
	private void update(String name, SslBundles bundles, Consumer<Tls> keys) {
		this.updating.lock();
		try {
			Tls tls = tls(bundles);
			keys.accept(tls);
			logger.info("The SSL bundle '{}' was updated: new sessions use {}", name, description(tls));
		}
		catch (RuntimeException ex) {
			logger.error("The SSL bundle '{}' was updated, but cannot be used: the keys stay as they were", name, ex);
		}
		finally {
			this.updating.unlock();
		}
	}

	private static String description(Tls tls) {
		return tls.certificates()
			.stream()
			.map((one) -> "the certificate of " + one.getSubjectX500Principal() + ", valid until "
					+ one.getNotAfter().toInstant())
			.collect(Collectors.joining("; "));
	}

	private Tls tls(SslBundles bundles) {
		SslBundle bundle = this.main.in(bundles);
		SslOptions options = bundle.getOptions();
		try {
			Tls.Builder tls = Tls.builder(bundle.getManagers().getKeyManagerFactory())
				.protocols(list(options.getEnabledProtocols()))
				.ciphers(list(options.getCiphers()));
			for (int i = 0; i < this.named.size(); i++) {
				name(tls, bundles, i);
			}
			if (this.clientAuth != ClientAuth.NONE) {
				askClients(tls, bundle);
			}
			return tls.build();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw this.main.unusable(ex);
		}
	}

	private void name(Tls.Builder tls, SslBundles bundles, int index) {
		SslProperties.ServerNameBundle named = this.named.get(index);
		Named keys = new Named(serverName(index) + ".bundle", named.getBundle());
		SslBundle bundle = keys.in(bundles);
		try {
			tls.forServerName(named.getServerName(), bundle.getManagers().getKeyManagerFactory());
		}
		catch (TlsKeysException | IllegalStateException ex) {
			throw keys.unusable(ex);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(serverName(index) + ".server-name",
					named.getServerName(), ex.getMessage());
		}
	}

	/** Without a trust store the JDK would trust every public authority. */
	private void askClients(Tls.Builder tls, SslBundle bundle) {
		if (bundle.getStores().getTrustStore() == null) {
			throw new InvalidConfigurationPropertyValueException(this.clientAuthProperty, this.clientAuth,
					"The SSL bundle '" + this.main.bundle()
							+ "' has no trust store: it says which client certificates to trust");
		}
		tls.clientAuth(this.clientAuth, bundle.getManagers().getTrustManagerFactory());
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

	/**
	 * A bundle, and the property that names it.
	 *
	 * @param property the property
	 * @param bundle its value
	 */
	private record Named(String property, String bundle) {

		SslBundle in(SslBundles bundles) {
			try {
				return bundles.getBundle(this.bundle);
			}
			catch (NoSuchSslBundleException ex) {
				List<String> others = bundles.getBundleNames();
				throw new InvalidConfigurationPropertyValueException(this.property, this.bundle,
						"There is no SSL bundle of this name: define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks"
								+ (others.isEmpty() ? "" : ", or name another one: " + String.join(", ", others)));
			}
		}

		ServerConfigurationException unusable(RuntimeException failure) {
			return new ServerConfigurationException(
					"The SSL bundle '" + this.bundle + "', which '" + this.property + "' names, cannot be used: "
							+ NestedExceptionUtils.getMostSpecificCause(failure).getMessage() + ".",
					adviceFor(this.bundle), failure);
		}

	}

}
