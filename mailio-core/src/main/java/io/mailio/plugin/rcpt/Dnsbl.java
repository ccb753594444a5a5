/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.mailio.dns.DnsResolver;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.Selective;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;
import reactor.core.publisher.Mono;

/**
 * {@code rcpt/dnsbl}: refuses clients with 550 5.7.1 that lists in the DNS (RFC 5782)
 * know for sending spam. All lists are asked at once when the first recipient is named;
 * what they say holds for the connection. Nobody is asked about clients that have logged
 * in or have local or private addresses, and the postmaster of a served domain can be
 * reached by everybody. A list that gives no usable answer is as if it were not there, or
 * where it would decide a 451 4.4.3, see {@link DnsblOptions#onError()}. Does not block;
 * safe for use by several threads.
 */
public final class Dnsbl implements ReactiveCommandHandler, Selective {

	private static final Reply UNKNOWN = new Reply(451, new EnhancedStatusCode(4, 3),
			"Your address cannot be looked up, try again later");

	private final ClientLists lists;

	private final OnError onError;

	private final boolean exemptPostmaster;

	/** By connection; guarded by itself, for the time of a map access. */
	private final Map<SmtpSession, CompletableFuture<ClientLists.Finding>> findings = new WeakHashMap<>();

	/**
	 * A handler.
	 * @param options the lists
	 * @param dns who is asked
	 * @param meters is told what the lists say, and how long that took
	 */
	public Dnsbl(DnsblOptions options, Supplier<DnsResolver> dns, Meters meters) {
		this(options, dns, meters, System::nanoTime);
	}

	Dnsbl(DnsblOptions options, Supplier<DnsResolver> dns, Meters meters, LongSupplier nanoTime) {
		this.lists = new ClientLists(options, dns, meters, nanoTime);
		this.onError = options.onError();
		this.exemptPostmaster = options.exemptPostmaster();
	}

	@Override
	public boolean concerns(SmtpSession session) {
		return !session.client().isLocal() && !session.authenticated();
	}

	@Override
	public Mono<Decision> handle(SmtpRequest req, SmtpResponse res) {
		return Mono.fromFuture(finding(req.session()).copy()).map((finding) -> decide(finding, req, res));
	}

	/** Asked by whoever comes first, outside of the lock. */
	private CompletableFuture<ClientLists.Finding> finding(SmtpSession session) {
		CompletableFuture<InetAddress> address = new CompletableFuture<>();
		CompletableFuture<ClientLists.Finding> asked = address.thenCompose(this.lists::ask);
		CompletableFuture<ClientLists.Finding> known;
		synchronized (this.findings) {
			known = this.findings.putIfAbsent(session, asked);
		}
		if (known != null) {
			return known;
		}
		address.complete(session.client().address());
		return asked;
	}

	private Decision decide(ClientLists.Finding finding, SmtpRequest req, SmtpResponse res) {
		res.set(finding.result());
		if (this.exemptPostmaster && isPostmaster(req)) {
			return res.accept();
		}
		return switch (finding.result().verdict()) {
			case CLEAN -> res.accept();
			case LISTED -> res.reject(Objects.requireNonNull(finding.refusal()));
			case UNKNOWN -> (this.onError == OnError.ACCEPT) ? res.accept() : res.reject(UNKNOWN);
		};
	}

	/** To whom one complains of being listed (RFC 5321 section 4.5.1). */
	private static boolean isPostmaster(SmtpRequest req) {
		return req.to().localName().equalsIgnoreCase("postmaster") && req.session().server().serves(req.to().domain());
	}

}
