/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import io.mailio.transport.Tls;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.util.StringUtils;

/**
 * Gives the keys of an SSL bundle, now and whenever the bundle is updated.
 *
 * @param name the name of the bundle, {@code null} for no TLS
 * @param bundles where bundles are
 */
record BundledTls(@Nullable String name, @Nullable SslBundles bundles) {

	static BundledTls of(@Nullable String name, ObjectProvider<SslBundles> bundles) {
		return StringUtils.hasText(name) ? new BundledTls(name, bundles.getObject()) : new BundledTls(null, null);
	}

	/** Gives the keys as they are now, if there are any. */
	void give(Consumer<Tls> keys) {
		if (this.bundles != null && this.name != null) {
			keys.accept(tls(this.bundles.getBundle(this.name)));
		}
	}

	/** Gives the keys whenever the bundle is updated. */
	void follow(Consumer<Tls> keys) {
		if (this.bundles != null && this.name != null) {
			this.bundles.addBundleUpdateHandler(this.name, (updated) -> keys.accept(tls(updated)));
		}
	}

	private static Tls tls(SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		return Tls.builder(bundle.getManagers().getKeyManagerFactory())
			.protocols(list(options.getEnabledProtocols()))
			.ciphers(list(options.getCiphers()))
			.build();
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

}
