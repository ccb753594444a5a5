/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.mailio.handler.HandlerChain;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerRegistration;
import io.mailio.session.AuthMode;
import io.mailio.session.ListenerRules;
import io.mailio.session.TlsMode;
import io.mailio.smtp.AddressText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log says of a listener when the server has started: where it listens, where
 * mail goes, and what will not work.
 *
 * @param listener the name of the listener
 * @param alone whether it is the only one
 * @param rules what it demands and offers
 * @param chains its handlers
 * @param authenticators whether somebody besides handlers can tell who a client is
 * @param advice what to do about a warning
 */
record StartReport(String listener, boolean alone, ListenerRules rules, HandlerChains chains, boolean authenticators,
		Function<StartWarning, String> advice) {

	private static final Logger logger = LoggerFactory.getLogger(SmtpServer.class);

	void log(String hostname, Set<String> domains, InetSocketAddress address) {
		logger.info("{} server {} listens on {} port {} ({}{}) for {}", this.rules.protocol(), hostname,
				address.getAddress().isAnyLocalAddress() ? "all addresses" : AddressText.of(address.getAddress()),
				address.getPort(), this.alone ? "" : this.listener + ": ", traits(), String.join(", ", domains));
		HandlerChain queue = this.chains.chain("queue");
		if (queue.keepsMail()) {
			logger.info("Mail{} goes through {}", here(),
					queue.handlers().stream().map(HandlerRegistration::name).collect(Collectors.joining(", ")));
		}
		else {
			logger.warn("No handler keeps mail{}: every message for {} will be refused with 554 5.3.5. {}", here(),
					String.join(", ", domains), this.advice.apply(StartWarning.NOBODY_KEEPS_MAIL));
		}
		warnAboutAuth();
	}

	private String traits() {
		String tls = switch (this.rules.tls()) {
			case NONE -> "no TLS";
			case STARTTLS -> "STARTTLS";
			case IMPLICIT -> "implicit TLS";
		};
		String auth = switch (this.rules.auth()) {
			case NONE -> "no AUTH";
			case OPTIONAL -> (canLogIn() && !lacksKeys()) ? "AUTH optional" : "no AUTH";
			case REQUIRED -> "AUTH required";
		};
		return tls + ", " + auth;
	}

	private String here() {
		return this.alone ? "" : " of listener " + this.listener;
	}

	private boolean canLogIn() {
		return this.authenticators || !this.chains.chain("auth").isEmpty();
	}

	private boolean lacksKeys() {
		return this.rules.authRequiresTls() && this.rules.tls() == TlsMode.NONE;
	}

	private void warnAboutAuth() {
		boolean required = this.rules.auth() == AuthMode.REQUIRED;
		boolean wanted = required || (canLogIn() && this.rules.auth() == AuthMode.OPTIONAL);
		if (wanted && lacksKeys()) {
			logger.warn("AUTH is not offered to clients{}: it needs TLS, and no keys are configured. {}", here(),
					this.advice.apply(StartWarning.AUTH_WITHOUT_KEYS));
		}
		else if (required && !canLogIn()) {
			logger.warn("Clients{} have to log in, but nobody can. {}", here(),
					this.advice.apply(StartWarning.NOBODY_CAN_LOG_IN));
		}
	}

}
