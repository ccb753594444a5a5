/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.mailio.command.ReverseLookup;
import io.mailio.dns.DnsResolver;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerRegistration;
import io.mailio.metrics.Meters;
import io.mailio.plugin.connect.EarlyTalker;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.Rdns;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.mail.SenderLogin;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.queue.Discard;
import io.mailio.plugin.queue.Headers;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.queue.Maildir;
import io.mailio.plugin.queue.MaildirOptions;
import io.mailio.plugin.queue.Relay;
import io.mailio.plugin.queue.Spamd;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.Dnsbl;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.MailboxLookup;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.Mailboxes;
import io.mailio.plugin.rcpt.ReactiveMailboxResolver;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.session.ClientInfo;
import io.mailio.smtp.Mailbox;
import org.jspecify.annotations.Nullable;

/**
 * The built-in handlers of a server: their options, and how they become handlers of its
 * chains. Collected by the builder; a server has a copy of its own.
 */
final class BuiltInHandlers {

	/** Where mail is kept. */
	static final String MAILDIR = "queue/maildir";

	/** Where addresses lead. */
	static final String MAILBOX = "rcpt/mailbox";

	private static final String RDNS = "connect/rdns";

	/** Handlers that end in time by themselves are not to be ended before. */
	private static final Duration MARGIN = Duration.ofSeconds(10);

	@Nullable EarlyTalkerOptions earlyTalker;

	@Nullable RdnsOptions rdns;

	@Nullable DnsblOptions dnsbl;

	@Nullable MaildirOptions maildir;

	MailboxOptions mailboxes = MailboxOptions.defaults();

	@Nullable MailboxResolver mailboxResolver;

	@Nullable ReactiveMailboxResolver reactiveMailboxResolver;

	MailboxQuota mailboxQuota = MailboxQuota.UNLIMITED;

	boolean discard;

	HeadersOptions headers = HeadersOptions.defaults();

	@Nullable SpamdOptions spamd;

	SenderPolicy senderPolicy = SenderPolicy.OWN_ADDRESS;

	Meters meters = Meters.NONE;

	BuiltInHandlers() {
	}

	BuiltInHandlers(BuiltInHandlers other) {
		this.earlyTalker = other.earlyTalker;
		this.rdns = other.rdns;
		this.dnsbl = other.dnsbl;
		this.maildir = other.maildir;
		this.mailboxes = other.mailboxes;
		this.mailboxResolver = other.mailboxResolver;
		this.reactiveMailboxResolver = other.reactiveMailboxResolver;
		this.mailboxQuota = other.mailboxQuota;
		this.discard = other.discard;
		this.headers = other.headers;
		this.spamd = other.spamd;
		this.senderPolicy = other.senderPolicy;
		this.meters = other.meters;
	}

	/** The handlers that these options ask for; the chains put them in order. */
	List<HandlerRegistration> registrations(Surroundings server) {
		List<HandlerRegistration> handlers = new ArrayList<>();
		if (!server.mx().isEmpty()) {
			addForStrangers(handlers, server);
		}
		addRelay(handlers, server);
		handlers.add(HandlerRegistration.builtIn("queue", "headers", (spec) -> spec.blocking(false).order(0),
				new Headers(this.headers, this.meters)));
		addSpamd(handlers);
		Maildir maildir = server.maildir();
		if (maildir != null) {
			handlers.add(HandlerRegistration.builtIn("queue", "maildir", (spec) -> spec.order(0), maildir));
		}
		if (maildir != null || !isAnyMailbox()) {
			handlers.add(lookup(server));
		}
		if (!server.submission().isEmpty()) {
			handlers.add(HandlerRegistration.builtIn("mail", "sender-login",
					(spec) -> spec.blocking(false).order(0).listeners(server.submission().toArray(String[]::new)),
					new SenderLogin(this.senderPolicy, this.meters)));
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

	/** What keeps out clients that nobody knows, where these may bring mail. */
	private void addForStrangers(List<HandlerRegistration> handlers, Surroundings server) {
		String[] mx = server.mx().toArray(String[]::new);
		Duration answer = server.dnsTimeout();
		EarlyTalkerOptions talker = this.earlyTalker;
		if (talker != null) {
			handlers.add(HandlerRegistration.builtInReactive("connect", "early-talker",
					(spec) -> spec.order(0).listeners(mx).timeout(talker.delay().plus(MARGIN)),
					new EarlyTalker(talker, this.meters)));
		}
		if (this.rdns != null) {
			handlers.add(HandlerRegistration.builtInReactive("connect", "rdns",
					(spec) -> spec.order(0).listeners(mx).timeout(answer.plus(MARGIN)),
					new Rdns(this.rdns, server.dns(), this.meters)));
		}
		if (this.dnsbl != null) {
			// The reason is asked for when the lists have answered.
			handlers.add(HandlerRegistration.builtInReactive("rcpt", "dnsbl",
					(spec) -> spec.order(0).listeners(mx).timeout(answer.multipliedBy(2).plus(MARGIN)),
					new Dnsbl(this.dnsbl, server.dns(), this.meters)));
		}
	}

	/**
	 * The name of a client. Where it is to be confirmed, that begins at once, so that it
	 * takes no longer than one answer of the DNS may.
	 */
	static ReverseLookup reverseLookup(DnsResolver resolver, HandlerChains chains) {
		return chains.has(RDNS) ? (address) -> {
			if (!ClientInfo.isLocal(address)) {
				resolver.confirmedNames(address);
			}
			return resolver.reverse(address);
		} : resolver::reverse;
	}

	/** Whether it takes a maildir to tell whether an address has a mailbox. */
	boolean isAnyMailbox() {
		return this.mailboxes.isEmpty() && this.mailboxResolver == null && this.reactiveMailboxResolver == null
				&& this.mailboxQuota == MailboxQuota.UNLIMITED;
	}

	/** Where addresses of these domains lead. */
	Mailboxes mailboxes(Set<String> domains) {
		return new Mailboxes(domains, this.mailboxes, this.mailboxResolver, this.reactiveMailboxResolver);
	}

	/** Where mail is kept, if it is kept in maildirs. */
	@Nullable Maildir maildir(Mailboxes mailboxes) {
		return (this.maildir != null)
				? new Maildir(this.maildir, mailboxes, this.mailboxQuota, this.senderPolicy, this.meters) : null;
	}

	private HandlerRegistration lookup(Surroundings server) {
		MailboxLookup lookup = new MailboxLookup(server.mailboxes(), server.possible(), this.mailboxQuota, this.meters);
		String name = MailboxLookup.class.getName();
		if (lookup.isReactive()) {
			return HandlerRegistration.builtInReactive("rcpt", "mailbox", (spec) -> spec.description(name).order(0),
					lookup::decideLater);
		}
		return HandlerRegistration.builtIn("rcpt", "mailbox",
				(spec) -> spec.description(name).blocking(!lookup.isImmediate()).order(0), lookup::decide);
	}

	private void addRelay(List<HandlerRegistration> handlers, Surroundings server) {
		handlers.add(HandlerRegistration.builtIn("rcpt", "relay", (spec) -> spec.blocking(false).order(0),
				new io.mailio.plugin.rcpt.Relay(server.relayRules(), server.login(), this.meters)));
		SmtpRelay relay = server.relay();
		if (relay != null) {
			handlers
				.add(HandlerRegistration.builtIn("queue", "relay", (spec) -> spec.blocking(false).order(0), new Relay(
						server.relayRules(), relay::queue, relay::destination, this.headers.maxHops(), this.meters)));
		}
	}

	/**
	 * What handlers have to know of their server.
	 *
	 * @param mx the listeners where anybody may bring mail
	 * @param submission the listeners that take mail from users only
	 * @param dns who asks the DNS while the server runs
	 * @param dnsTimeout how long an answer may take
	 * @param relayRules the rules of the relay, by listener
	 * @param login whether clients may log in, by listener
	 * @param relay the relay, if there is one
	 * @param mailboxes where addresses lead
	 * @param maildir where mail is kept, if it is kept in maildirs
	 * @param possible which mailboxes there can be
	 */
	record Surroundings(List<String> mx, List<String> submission, Supplier<DnsResolver> dns, Duration dnsTimeout,
			Function<String, RelayRules> relayRules, Predicate<String> login, @Nullable SmtpRelay relay,
			Mailboxes mailboxes, @Nullable Maildir maildir, Predicate<Mailbox> possible) {

	}

}
