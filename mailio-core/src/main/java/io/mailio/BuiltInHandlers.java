/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.mailio.handler.HandlerRegistration;
import io.mailio.metrics.Meters;
import io.mailio.plugin.mail.SenderLogin;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.queue.Discard;
import io.mailio.plugin.queue.Headers;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.queue.Maildir;
import io.mailio.plugin.queue.Relay;
import io.mailio.plugin.queue.Spamd;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.RelayRules;
import org.jspecify.annotations.Nullable;

/**
 * The built-in handlers of a server: their options, and how they become handlers of its
 * chains. Collected by the builder; a server has a copy of its own.
 */
final class BuiltInHandlers {

	@Nullable Maildir maildir;

	boolean discard;

	HeadersOptions headers = HeadersOptions.defaults();

	@Nullable SpamdOptions spamd;

	SenderPolicy senderPolicy = SenderPolicy.OWN_ADDRESS;

	Meters meters = Meters.NONE;

	BuiltInHandlers() {
	}

	BuiltInHandlers(BuiltInHandlers other) {
		this.maildir = other.maildir;
		this.discard = other.discard;
		this.headers = other.headers;
		this.spamd = other.spamd;
		this.senderPolicy = other.senderPolicy;
		this.meters = other.meters;
	}

	/** The handlers that these options ask for; the chains put them in order. */
	List<HandlerRegistration> registrations(Surroundings server) {
		List<HandlerRegistration> handlers = new ArrayList<>();
		addRelay(handlers, server);
		handlers.add(HandlerRegistration.builtIn("queue", "headers", (spec) -> spec.blocking(false).order(0),
				new Headers(this.headers, this.meters)));
		addSpamd(handlers);
		if (this.maildir != null) {
			handlers.add(HandlerRegistration.builtIn("queue", "maildir", (spec) -> spec.order(0), this.maildir));
			handlers.add(HandlerRegistration.builtIn("rcpt", "mailbox", (spec) -> spec.blocking(false).order(0),
					this.maildir::checkRecipient));
		}
		if (!server.submission().isEmpty()) {
			handlers.add(HandlerRegistration.builtIn("mail", "sender-login",
					(spec) -> spec.blocking(false).order(0).listeners(server.submission().toArray(String[]::new)),
					new SenderLogin(this.senderPolicy)));
		}
		if (this.discard) {
			handlers.add(HandlerRegistration.builtIn("queue", "discard", (spec) -> spec.blocking(false).order(0),
					new Discard()));
		}
		return handlers;
	}

	private void addSpamd(List<HandlerRegistration> handlers) {
		SpamdOptions spamd = this.spamd;
		if (spamd != null) {
			// The handler's own timeout comes first, and knows what to do then.
			Duration deadline = spamd.timeout().plus(Duration.ofSeconds(10));
			handlers.add(HandlerRegistration.builtInReactive("queue", "spamd",
					(spec) -> spec.order(0).timeout(deadline), new Spamd(spamd, this.meters)));
		}
	}

	private void addRelay(List<HandlerRegistration> handlers, Surroundings server) {
		handlers.add(HandlerRegistration.builtIn("rcpt", "relay", (spec) -> spec.blocking(false).order(0),
				new io.mailio.plugin.rcpt.Relay(server.relayRules())));
		SmtpRelay relay = server.relay();
		if (relay != null) {
			handlers.add(HandlerRegistration.builtIn("queue", "relay", (spec) -> spec.order(0), new Relay(
					server.relayRules(), relay::queue, relay::destination, this.headers.maxHops(), this.meters)));
		}
	}

	/**
	 * What handlers have to know of their server.
	 *
	 * @param submission the listeners that take mail from users only
	 * @param relayRules the rules of the relay, by listener
	 * @param relay the relay, if there is one
	 */
	record Surroundings(List<String> submission, Function<String, RelayRules> relayRules, @Nullable SmtpRelay relay) {

	}

}
