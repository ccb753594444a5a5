/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.SmartHostAccess;
import io.mailio.relay.Login;
import io.mailio.relay.SmartHost;
import io.mailio.relay.TlsPolicy;
import io.mailio.spring.autoconfigure.RelayProperties.SmartHostTls;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What the properties of a smart host say, and what they leave open.
 *
 * @param properties the properties
 * @param policy whether mail goes to other servers over TLS
 */
record SmartHostSettings(RelayProperties.SmartHost properties, TlsPolicy policy) {

	static final int SMTP_PORT = 25;

	private static final int SUBMISSION_PORT = 587;

	private static final int SUBMISSIONS_PORT = 465;

	/** The smart host, {@code null} if none is named. */
	@Nullable SmartHostAccess access() {
		String host = this.properties.getHost();
		if (!StringUtils.hasText(host)) {
			return null;
		}
		return new SmartHostAccess(new SmartHost(host, port()), tlsPolicy(), isImplicit(), login());
	}

	private int port() {
		Integer port = this.properties.getPort();
		if (port != null) {
			return port;
		}
		if (isImplicit()) {
			return SUBMISSIONS_PORT;
		}
		return hasName() ? SUBMISSION_PORT : SMTP_PORT;
	}

	/** At port 465 nobody speaks before TLS. */
	private boolean isImplicit() {
		SmartHostTls tls = this.properties.getTls();
		Integer port = this.properties.getPort();
		return (tls != null) ? tls == SmartHostTls.IMPLICIT : port != null && port == SUBMISSIONS_PORT;
	}

	private TlsPolicy tlsPolicy() {
		SmartHostTls tls = this.properties.getTls();
		if (tls == null) {
			return (hasName() || isImplicit()) ? TlsPolicy.VERIFIED : this.policy;
		}
		return switch (tls) {
			case NONE -> TlsPolicy.NONE;
			case OPPORTUNISTIC -> TlsPolicy.OPPORTUNISTIC;
			case REQUIRED -> TlsPolicy.REQUIRED;
			case VERIFIED, IMPLICIT -> TlsPolicy.VERIFIED;
		};
	}

	private boolean hasName() {
		return StringUtils.hasText(this.properties.getUsername());
	}

	private @Nullable Login login() {
		String username = this.properties.getUsername();
		String password = this.properties.getPassword();
		return (StringUtils.hasText(username) && password != null) ? new Login(username, password) : null;
	}

}
