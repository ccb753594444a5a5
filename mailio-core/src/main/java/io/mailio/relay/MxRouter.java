/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.mailio.dns.DnsAnswer;
import io.mailio.dns.DnsResolver;
import io.mailio.dns.MailExchanger;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;

/**
 * Finds the way by rules and by the DNS (RFC 5321 section 5.1): the mail exchangers of a
 * domain in the order of their preferences, equal ones at random, each with all its
 * addresses; without mail exchangers the domain itself. A domain that takes no mail says
 * so with a null MX (RFC 7505).
 *
 * <p>
 * A smart host that no rule names any more is not spoken to: mail that waits for it has
 * no way until it is named again, since nobody knows how it was to be spoken to.
 *
 * <p>
 * What the DNS could not tell is temporary. Addresses are checked here and handed on with
 * the hop, so that nobody resolves a name a second time and gets another answer.
 */
public final class MxRouter implements Router {

	private record Rule(DomainPattern recipient, DomainPattern sender, Optional<SmartHost> smartHost) {

		Rule(RoutingRule rule) {
			this(new DomainPattern(rule.recipientDomain()), new DomainPattern(rule.senderDomain()), rule.smartHost());
		}

	}

	private final DnsResolver dns;

	private final RoutingOptions options;

	private final List<Rule> rules;

	/** The destinations of the hosts that rules name. */
	private final Set<String> smartHosts;

	private final Ourselves ourselves;

	private final AddressOrder order;

	private final Supplier<Random> random;

	/**
	 * A router.
	 * @param dns whom to ask
	 * @param options how to choose
	 * @param ourselves what leads back here
	 */
	public MxRouter(DnsResolver dns, RoutingOptions options, Ourselves ourselves) {
		this(dns, options, ourselves, ThreadLocalRandom::current);
	}

	MxRouter(DnsResolver dns, RoutingOptions options, Ourselves ourselves, Supplier<Random> random) {
		this.dns = dns;
		this.options = options;
		this.rules = options.rules().stream().map(Rule::new).toList();
		this.smartHosts = options.rules()
			.stream()
			.flatMap((rule) -> rule.smartHost().stream())
			.map(SmartHost::destination)
			.collect(Collectors.toUnmodifiableSet());
		this.ourselves = ourselves;
		this.order = (options.addressOrder() != AddressOrder.AUTO) ? options.addressOrder()
				: ourselves.hasIpv6() ? AddressOrder.IPV6_FIRST : AddressOrder.IPV4_FIRST;
		this.random = random;
	}

	@Override
	public String destination(ReversePath sender, Mailbox recipient) {
		String to = recipient.asciiDomain();
		if (!this.rules.isEmpty()) {
			String from = sender.mailbox().map(Mailbox::asciiDomain).orElse("");
			for (Rule rule : this.rules) {
				if (rule.recipient().matches(to) && rule.sender().matches(from)) {
					return rule.smartHost().map(SmartHost::destination).orElseGet(() -> Destination.of(to));
				}
			}
		}
		return Destination.of(to);
	}

	@Override
	public CompletionStage<Route> route(String destination) {
		Destination parsed = Destination.parse(destination);
		if (parsed instanceof Destination.Host host && !this.smartHosts.contains(destination)) {
			return done(new Route.Unavailable(RoutingReplies.smartHostNotConfigured(host.name())));
		}
		if (parsed instanceof Destination.Host host) {
			return this.dns.configuredHost(host.name()).thenApply((answer) -> smartHost(host, true, answer));
		}
		if (parsed instanceof Destination.Literal literal) {
			return CompletableFuture.completedFuture(literal(destination, literal.address()));
		}
		return this.dns.mailExchangers(destination).thenCompose((answer) -> exchangers(destination, answer));
	}

	/**
	 * The way to a host that was chosen for an attempt.
	 * @param chosen the host
	 * @param configured whether it is one of the configuration: any other must not be
	 * private, unless that is allowed, just like mail exchangers
	 */
	CompletionStage<Route> route(SmartHost chosen, boolean configured) {
		boolean anyAddress = configured || this.options.allowPrivateTargets()
				|| this.smartHosts.contains(chosen.destination());
		return this.dns.configuredHost(chosen.host())
			.thenApply((answer) -> smartHost(new Destination.Host(chosen.host(), chosen.port()), anyAddress, answer));
	}

	private Route smartHost(Destination.Host host, boolean anyAddress, DnsAnswer<InetAddress> answer) {
		if (answer instanceof DnsAnswer.Failed<InetAddress> failed) {
			return new Route.Unavailable(RoutingReplies.smartHostLookupFailed(host.name(), failed.reason()));
		}
		Candidate candidate = new Candidate(host.name(), 0, List.of(answer));
		List<InetAddress> addresses = candidate.addresses();
		List<InetAddress> others = addresses.stream().filter(isOurs(host.port()).negate()).toList();
		List<InetAddress> allowed = anyAddress ? others : others.stream().filter(PublicAddresses::contain).toList();
		List<NextHop> hops = Candidate.ordered(allowed, this.order, this.random.get())
			.stream()
			.limit(this.options.maxAddresses())
			.map((address) -> new NextHop(host.name(), new InetSocketAddress(address, host.port())))
			.toList();
		if (!hops.isEmpty()) {
			return new Route.Hops(hops);
		}
		if (!others.isEmpty()) {
			return new Route.Unavailable(RoutingReplies.refusedHost(host.name()));
		}
		return new Route.Unavailable(addresses.isEmpty() ? RoutingReplies.smartHostUnknown(host.name())
				: RoutingReplies.smartHostLeadsBack(host.name()));
	}

	private Route literal(String destination, InetAddress address) {
		if (isOurs(this.options.port()).test(address)) {
			return new Route.Unroutable(RoutingReplies.leadsBack(destination));
		}
		return isAllowed(address)
				? new Route.Hops(List.of(new NextHop(destination, new InetSocketAddress(address, this.options.port()))))
				: new Route.Unroutable(RoutingReplies.refusedAddresses(destination));
	}

	private CompletionStage<Route> exchangers(String domain, DnsAnswer<MailExchanger> answer) {
		if (answer instanceof DnsAnswer.Failed<MailExchanger> failed) {
			return done(new Route.Unavailable(RoutingReplies.lookupFailed(domain, failed.reason())));
		}
		if (answer instanceof DnsAnswer.None<MailExchanger> none) {
			return none.nameExists() ? hosts(domain, List.of(new MailExchanger(0, domain)))
					: done(new Route.Unroutable(RoutingReplies.noSuchDomain(domain)));
		}
		List<MailExchanger> all = ((DnsAnswer.Found<MailExchanger>) answer).values();
		List<MailExchanger> named = all.stream().filter((exchanger) -> !exchanger.host().isEmpty()).toList();
		return (named.isEmpty() && !all.isEmpty()) ? done(new Route.Unroutable(RoutingReplies.nullMx(domain)))
				: hosts(domain, named);
	}

	private static CompletionStage<Route> done(Route route) {
		return CompletableFuture.completedFuture(route);
	}

	/** Asks for the addresses of all hosts at once. */
	private CompletionStage<Route> hosts(String domain, List<MailExchanger> exchangers) {
		int ours = exchangers.stream()
			.filter((exchanger) -> this.ourselves.isName(exchanger.host()))
			.mapToInt(MailExchanger::preference)
			.min()
			.orElse(Integer.MAX_VALUE);
		List<MailExchanger> better = new ArrayList<>(
				exchangers.stream().filter((exchanger) -> exchanger.preference() < ours).toList());
		Collections.shuffle(better, this.random.get());
		better.sort(Comparator.comparingInt(MailExchanger::preference));
		CompletableFuture<List<Candidate>> candidates = CompletableFuture.completedFuture(List.of());
		for (MailExchanger exchanger : better.subList(0, Math.min(this.options.maxHosts(), better.size()))) {
			candidates = candidates.thenCombine(candidate(exchanger), MxRouter::with);
		}
		return candidates.thenApply((known) -> select(domain, known, better.size() < exchangers.size()));
	}

	private CompletionStage<Candidate> candidate(MailExchanger exchanger) {
		CompletionStage<DnsAnswer<InetAddress>> none = CompletableFuture.completedFuture(new DnsAnswer.None<>(true));
		return (this.order.usesIpv4() ? this.dns.ipv4(exchanger.host()) : none).thenCombine(
				this.order.usesIpv6() ? this.dns.ipv6(exchanger.host()) : none,
				(ipv4, ipv6) -> new Candidate(exchanger.host(), exchanger.preference(), List.of(ipv4, ipv6)));
	}

	private static List<Candidate> with(List<Candidate> candidates, Candidate next) {
		List<Candidate> all = new ArrayList<>(candidates);
		all.add(next);
		return all;
	}

	/**
	 * RFC 5321 section 5.1: who is a mail exchanger itself sends to better ones only.
	 */
	private Route select(String domain, List<Candidate> candidates, boolean leadsBack) {
		int ours = candidates.stream()
			.filter((candidate) -> candidate.addresses().stream().anyMatch(isOurs(this.options.port())))
			.mapToInt(Candidate::preference)
			.min()
			.orElse(Integer.MAX_VALUE);
		List<Candidate> better = candidates.stream().filter((candidate) -> candidate.preference() < ours).toList();
		Map<InetAddress, NextHop> hops = new LinkedHashMap<>();
		for (Candidate candidate : better) {
			List<InetAddress> allowed = candidate.addresses().stream().filter(this::isAllowed).toList();
			for (InetAddress address : Candidate.ordered(allowed, this.order, this.random.get())) {
				hops.putIfAbsent(address,
						new NextHop(candidate.host(), new InetSocketAddress(address, this.options.port())));
			}
		}
		return hops.isEmpty() ? noHops(domain, better, leadsBack || better.size() < candidates.size())
				: new Route.Hops(hops.values().stream().limit(this.options.maxAddresses()).toList());
	}

	/** What may still come is temporary, whatever is wrong with the rest. */
	private Route noHops(String domain, List<Candidate> candidates, boolean leadsBack) {
		Optional<String> failure = candidates.stream().map(Candidate::failure).flatMap(Optional::stream).findFirst();
		if (failure.isPresent()) {
			return new Route.Unavailable(RoutingReplies.lookupFailed(domain, failure.get()));
		}
		if (leadsBack) {
			return new Route.Unroutable(RoutingReplies.leadsBack(domain));
		}
		boolean refused = candidates.stream().anyMatch((candidate) -> !candidate.addresses().isEmpty());
		return new Route.Unroutable(
				refused ? RoutingReplies.refusedAddresses(domain) : RoutingReplies.noAddress(domain));
	}

	private Predicate<InetAddress> isOurs(int port) {
		return (address) -> this.ourselves.isAddress(new InetSocketAddress(address, port));
	}

	private boolean isAllowed(InetAddress address) {
		return this.options.allowPrivateTargets() || PublicAddresses.contain(address);
	}

}
