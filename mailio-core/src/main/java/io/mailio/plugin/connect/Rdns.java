/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.connect;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.mailio.dns.DnsAnswer;
import io.mailio.dns.DnsResolver;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.Selective;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.connect.RdnsOptions.Requirement;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Reply;
import reactor.core.publisher.Mono;

/**
 * {@code connect/rdns}: whether the names of a client's address lead back to it, as a
 * {@link ReverseDns} for other handlers. Where it is required, a client is refused with
 * 550 5.7.25 (RFC 7372 section 3.3), or with 450 4.7.25 if the DNS cannot tell. Nobody is
 * asked about local and private addresses. Does not block; safe for use by several
 * threads.
 */
public final class Rdns implements ReactiveCommandHandler, Selective {

	private static final Reply NO_NAME = new Reply(550, new EnhancedStatusCode(7, 25),
			"Your address has no name in the DNS");

	private static final Reply NOT_CONFIRMED = new Reply(550, new EnhancedStatusCode(7, 25),
			"No name of your address in the DNS leads back to it");

	private static final Reply UNKNOWN = new Reply(450, new EnhancedStatusCode(7, 25),
			"The name of your address cannot be looked up, try again later");

	private final Requirement required;

	private final OnError onError;

	private final Supplier<DnsResolver> dns;

	private final Meters meters;

	/**
	 * A handler.
	 * @param options what is required
	 * @param dns who is asked
	 * @param meters is told the outcomes
	 */
	public Rdns(RdnsOptions options, Supplier<DnsResolver> dns, Meters meters) {
		this.required = options.require();
		this.onError = options.onError();
		this.dns = dns;
		this.meters = meters;
	}

	@Override
	public boolean concerns(SmtpSession session) {
		return !session.client().isLocal();
	}

	@Override
	public Mono<Decision> handle(SmtpRequest req, SmtpResponse res) {
		CompletableFuture<ReverseDns> answer = ask(req.session().client().address()).toCompletableFuture();
		return Mono.fromFuture(answer).map((rdns) -> decide(rdns, res));
	}

	/** The names are known when their confirmation is. */
	private CompletionStage<ReverseDns> ask(InetAddress address) {
		DnsResolver resolver = this.dns.get();
		return resolver.confirmedNames(address)
			.thenCombine(resolver.names(address),
					(confirmed, names) -> new ReverseDns(outcome(confirmed), values(names), values(confirmed)));
	}

	private static ReverseDns.Outcome outcome(DnsAnswer<String> confirmed) {
		if (confirmed instanceof DnsAnswer.None<String> none) {
			return none.nameExists() ? ReverseDns.Outcome.MISMATCH : ReverseDns.Outcome.NONE;
		}
		return (confirmed instanceof DnsAnswer.Found) ? ReverseDns.Outcome.CONFIRMED : ReverseDns.Outcome.UNKNOWN;
	}

	private static List<String> values(DnsAnswer<String> answer) {
		return (answer instanceof DnsAnswer.Found<String> found) ? found.values() : List.of();
	}

	private Decision decide(ReverseDns rdns, SmtpResponse res) {
		res.set(rdns);
		this.meters.count(MeterName.RDNS, rdns.logText());
		return switch (this.required) {
			case NOTHING -> res.accept();
			case NAME -> (rdns.outcome() == ReverseDns.Outcome.NONE
					|| (rdns.outcome() == ReverseDns.Outcome.UNKNOWN && rdns.names().isEmpty()))
							? refuse(rdns, NO_NAME, res) : res.accept();
			case CONFIRMED -> (rdns.outcome() == ReverseDns.Outcome.CONFIRMED) ? res.accept()
					: refuse(rdns, rdns.names().isEmpty() ? NO_NAME : NOT_CONFIRMED, res);
		};
	}

	private Decision refuse(ReverseDns rdns, Reply reply, SmtpResponse res) {
		if (rdns.outcome() != ReverseDns.Outcome.UNKNOWN) {
			return res.reject(reply);
		}
		return (this.onError == OnError.ACCEPT) ? res.accept() : res.reject(UNKNOWN);
	}

}
