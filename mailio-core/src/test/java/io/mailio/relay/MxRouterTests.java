/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.dns.DnsServer;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;

class MxRouterTests {

	private static final int SILENCE = -1;

	private DnsServer server;

	private DnsResolver dns;

	private List<RoutingRule> rules = List.of();

	private boolean allowPrivate;

	private AddressOrder order = AddressOrder.IPV4_FIRST;

	private int maxHosts = RoutingOptions.DEFAULT_MAX_HOSTS;

	private int maxAddresses = RoutingOptions.DEFAULT_MAX_ADDRESSES;

	private Ourselves ourselves = new Ourselves(List.of("mx.our.example"), List.of(), List.of());

	private Random random = new Random(1);

	@BeforeEach
	void start() throws Exception {
		this.server = new DnsServer();
		this.dns = new DnsResolver(new DnsOptions(List.of(this.server.address()), Duration.ofSeconds(10)));
	}

	@AfterEach
	void stop() {
		this.dns.close();
		this.server.close();
	}

	private MxRouter router() {
		return new MxRouter(this.dns,
				new RoutingOptions(this.rules, 25, this.allowPrivate, this.order, this.maxHosts, this.maxAddresses),
				this.ourselves, () -> this.random);
	}

	/** By rules that no recipient of these tests meets. */
	private void named(SmartHost... hosts) {
		this.rules = Stream.of(hosts)
			.map((host) -> new RoutingRule("nowhere.example", "*", Optional.of(host)))
			.toList();
	}

	private Route route(String destination) throws Exception {
		return router().route(destination).toCompletableFuture().get(60, TimeUnit.SECONDS);
	}

	private List<NextHop> hops(String destination) throws Exception {
		Route route = route(destination);
		assertThat(route).isInstanceOf(Route.Hops.class);
		return ((Route.Hops) route).hops();
	}

	private List<String> tried(String destination) throws Exception {
		return hops(destination).stream().map(NextHop::toString).toList();
	}

	private void assertUnroutable(String destination, String reply) throws Exception {
		assertThat(route(destination)).isInstanceOfSatisfying(Route.Unroutable.class,
				(route) -> assertThat(route.reply()).hasToString(reply));
	}

	private void assertUnavailable(String destination, String reply) throws Exception {
		assertThat(route(destination)).isInstanceOfSatisfying(Route.Unavailable.class,
				(route) -> assertThat(route.reply()).hasToString(reply));
	}

	private static Ourselves ourselves(String name, int port, String listener, String... interfaces) {
		return new Ourselves(List.of(name), List.of(new InetSocketAddress(address(listener), port)),
				Arrays.stream(interfaces).map(MxRouterTests::address).toList());
	}

	private static InetAddress address(String address) {
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void mailExchangersAreTriedByPreferenceEachWithAllItsAddresses() throws Exception {
		this.server.zone("example.org 300 MX 20 b.example.net", "example.org 300 MX 10 a.example.net",
				"a.example.net 300 A 9.1.1.1", "a.example.net 300 AAAA 2a00:1::1", "b.example.net 300 A 9.1.1.2");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25",
				"a.example.net [IPv6:2a00:1::1]:25", "b.example.net [9.1.1.2]:25");
	}

	@ParameterizedTest
	@CsvSource({ "IPV4_FIRST,4646", "IPV6_FIRST,6464", "IPV4_ONLY,44", "IPV6_ONLY,66", "AUTO,4646" })
	void kindsOfAddressesTakeTurns(AddressOrder order, String kinds) throws Exception {
		this.order = order;
		this.server.zone("a.example.net 300 A 9.1.1.1", "a.example.net 300 A 9.1.1.2",
				"a.example.net 300 AAAA 2a00:1::1", "a.example.net 300 AAAA 2a00:1::2");
		assertThat(kinds(hops("a.example.net"))).isEqualTo(kinds);
	}

	private static String kinds(List<NextHop> hops) {
		StringBuilder kinds = new StringBuilder();
		hops.forEach((hop) -> kinds.append((hop.address().getAddress().getAddress().length == 4) ? '4' : '6'));
		return kinds.toString();
	}

	@ParameterizedTest
	@CsvSource({ "2a00:1::9,64", "fe80::1,46", "fd00::1,46", "::1,46" })
	void ipv6ComesFirstIfTheMachineHasIt(String machine, String kinds) throws Exception {
		this.order = AddressOrder.AUTO;
		this.ourselves = new Ourselves(List.of("mx.our.example"), List.of(), List.of(address(machine)));
		this.server.zone("a.example.net 300 A 9.1.1.1", "a.example.net 300 AAAA 2a00:1::1");
		assertThat(kinds(hops("a.example.net"))).isEqualTo(kinds);
	}

	@Test
	void equalPreferencesAreInAnyOrderAndOthersNever() throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 10 b.example.net",
				"example.org 300 MX 10 c.example.net", "example.org 300 MX 20 d.example.net",
				"a.example.net 300 A 9.1.1.1", "b.example.net 300 A 9.1.1.2", "c.example.net 300 A 9.1.1.3",
				"d.example.net 300 A 9.1.1.4");
		Set<String> first = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			List<String> tried = tried("example.org");
			assertThat(tried).hasSize(4).endsWith("d.example.net [9.1.1.4]:25");
			first.add(tried.get(0));
		}
		assertThat(first).hasSize(3);
	}

	@Test
	void withoutMailExchangersTheDomainItselfIsTried() throws Exception {
		this.server.zone("example.org 300 A 9.1.1.1", "example.org 300 AAAA 2a00:1::1");
		assertThat(tried("example.org")).containsExactly("example.org [9.1.1.1]:25", "example.org [IPv6:2a00:1::1]:25");
	}

	@Test
	void aDomainMayBeAnAlias() throws Exception {
		this.server.zone("example.org 300 CNAME example.com", "example.com 300 MX 10 a.example.net",
				"a.example.net 300 A 9.1.1.1");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25");
	}

	@Test
	void aDomainThatTakesNoMailSaysSo() throws Exception {
		this.server.zone("example.org 300 MX 0 .", "example.org 300 A 9.1.1.1");
		assertUnroutable("example.org", "556 5.1.10 The domain example.org takes no mail (null MX)");
	}

	@Test
	void aNullMxBesideOthersMeansNothing() throws Exception {
		this.server.zone("example.org 300 MX 0 .", "example.org 300 MX 10 a.example.net",
				"a.example.net 300 A 9.1.1.1");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25");
	}

	@Test
	void aDomainThatDoesNotExistIsFinal() throws Exception {
		assertUnroutable("example.org", "550 5.1.2 The domain example.org does not exist");
		assertUnroutable("x.invalid", "550 5.1.2 The domain x.invalid does not exist");
		assertUnroutable("192.0.2.1", "550 5.1.2 The domain 192.0.2.1 does not exist");
	}

	@Test
	void mailExchangersWithoutAddressesAreFinal() throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "a.example.net 300 TXT x",
				"example.org 300 MX 20 b.example.net", "address.example 300 MX 10 192.0.2.1",
				"nothing.example 300 TXT x");
		assertUnroutable("example.org", "550 5.4.4 No mail host of example.org has an address");
		assertUnroutable("address.example", "550 5.4.4 No mail host of address.example has an address");
		assertUnroutable("nothing.example", "550 5.4.4 No mail host of nothing.example has an address");
		// Where there are mail exchangers, the domain's own address is none.
		this.server.zone("other.example 300 MX 10 a.example.net", "other.example 300 A 9.1.1.1");
		assertUnroutable("other.example", "550 5.4.4 No mail host of other.example has an address");
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED })
	void whatTheDnsCannotTellIsTemporary(int code) throws Exception {
		this.server.failing("example.org.", "MX", code);
		assertUnavailable("example.org", "451 4.4.3 The mail hosts of example.org could not be looked up: "
				+ "the DNS answered " + Rcode.string(code));
	}

	@Test
	void silenceIsTemporary() throws Exception {
		this.server.failing("example.org.", "MX", SILENCE);
		try (DnsResolver hasty = new DnsResolver(
				new DnsOptions(List.of(this.server.address()), Duration.ofMillis(25)))) {
			this.dns.close();
			this.dns = hasty;
			assertUnavailable("example.org", "451 4.4.3 The mail hosts of example.org could not be looked up: "
					+ "no DNS server answered in time");
		}
	}

	@ParameterizedTest
	@CsvSource({ "A,AAAA", "AAAA,A" })
	void anAddressThatCannotBeLookedUpIsTemporaryIfThereIsNoOther(String failing, String other) throws Exception {
		this.server
			.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 20 b.example.net",
					"a.example.net 300 TXT x", "b.example.net 300 TXT x")
			.failing("b.example.net.", failing, Rcode.SERVFAIL);
		assertUnavailable("example.org",
				"451 4.4.3 The mail hosts of example.org could not be looked up: " + "the DNS answered SERVFAIL");
		this.server.zone("other.example 300 MX 10 b.example.net", "other.example 300 MX 20 c.example.net",
				"c.example.net 300 A 9.1.1.3");
		assertThat(tried("other.example")).containsExactly("c.example.net [9.1.1.3]:25");
	}

	@Test
	void whoIsAMailExchangerSendsToBetterOnesOnly() throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 20 MX.our.example",
				"example.org 300 MX 20 b.example.net", "example.org 300 MX 30 c.example.net",
				"a.example.net 300 A 9.1.1.1", "b.example.net 300 A 9.1.1.2", "c.example.net 300 A 9.1.1.3");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25");
		assertThat(this.server.asked()).doesNotContain("mx.our.example. A", "c.example.net. A");
	}

	@Test
	void whoIsTheBestMailExchangerSendsNowhere() throws Exception {
		this.server.zone("example.org 300 MX 10 mx.our.example", "example.org 300 MX 20 b.example.net",
				"b.example.net 300 A 9.1.1.2");
		assertUnroutable("example.org", "550 5.4.6 Mail for example.org would come back to this server");
		this.server.zone("mx.our.example 300 A 9.1.1.1");
		assertUnroutable("mx.our.example", "550 5.4.6 Mail for mx.our.example would come back to this server");
	}

	@Test
	void betterMailExchangersThatCannotBeLookedUpAreTemporaryThoughWeAreAnother() throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 20 mx.our.example")
			.failing("a.example.net.", "A", Rcode.SERVFAIL);
		assertUnavailable("example.org",
				"451 4.4.3 The mail hosts of example.org could not be looked up: " + "the DNS answered SERVFAIL");
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0,9.1.1.2", "9.1.1.2,9.9.9.9", "0.0.0.0,2a00:1::2" })
	void weAreAMailExchangerIfOneOfOurAddressesIs(String listener, String machine) throws Exception {
		this.ourselves = ourselves("mx.our.example", 25, listener, machine);
		this.server.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 20 alias.example.net",
				"example.org 300 MX 20 b.example.net", "example.org 300 MX 30 c.example.net",
				"a.example.net 300 A 9.1.1.1", "alias.example.net 300 A 9.1.1.2",
				"alias.example.net 300 AAAA 2a00:1::2", "b.example.net 300 A 9.1.1.3", "c.example.net 300 A 9.1.1.4");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25");
		this.server.zone("best.example 300 MX 10 alias.example.net", "best.example 300 MX 10 b.example.net");
		assertUnroutable("best.example", "550 5.4.6 Mail for best.example would come back to this server");
	}

	@Test
	void anotherPortOfOurMachineIsAnotherServer() throws Exception {
		this.ourselves = ourselves("mx.our.example", 2525, "0.0.0.0", "9.1.1.1");
		this.server.zone("a.example.net 300 A 9.1.1.1");
		assertThat(tried("a.example.net")).containsExactly("a.example.net [9.1.1.1]:25");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.9.9.9", "0.0.0.0" })
	void loopbackLeadsToListenersOnAllAddresses(String loopback) throws Exception {
		this.allowPrivate = true;
		this.ourselves = ourselves("mx.our.example", 25, "0.0.0.0");
		this.server.zone("a.example.net 300 A " + loopback);
		assertUnroutable("a.example.net", "550 5.4.6 Mail for a.example.net would come back to this server");
		assertUnroutable("[" + loopback + "]", "550 5.4.6 Mail for [" + loopback + "] would come back to this server");
	}

	@ParameterizedTest
	@CsvSource({ "A,127.0.0.1", "A,10.0.0.1", "A,192.168.1.1", "A,169.254.169.254", "A,0.0.0.0", "A,224.0.0.1",
			"AAAA,::1", "AAAA,fd00::1", "AAAA,fe80::1", "AAAA,::ffff:10.0.0.1", "AAAA,64:ff9b::10.0.0.1",
			"AAAA,2002:a00:1::1" })
	void privateTargetsAreRefusedUnlessAllowed(String type, String address) throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "a.example.net 300 " + type + " " + address);
		assertUnroutable("example.org",
				"550 5.4.4 example.org has only private or reserved addresses, where no mail is sent to");
		this.allowPrivate = true;
		assertThat(hops("example.org")).singleElement()
			.satisfies((hop) -> assertThat(hop.address().getAddress()).isEqualTo(address(address)));
	}

	@Test
	void publicAddressesBesidePrivateOnesAreUsed() throws Exception {
		this.server.zone("a.example.net 300 A 10.0.0.1", "a.example.net 300 A 9.1.1.1");
		assertThat(tried("a.example.net")).containsExactly("a.example.net [9.1.1.1]:25");
	}

	@Test
	void theAddressThatWasCheckedIsUsedWhateverTheNameMeansLater() throws Exception {
		this.server.zone("example.org 0 MX 10 a.example.net", "a.example.net 0 A 9.1.1.1");
		NextHop hop = hops("example.org").get(0);
		this.server.remove("a.example.net.").zone("a.example.net 0 A 127.0.0.1");
		int questions = this.server.questions();
		assertThat(hop.address().getAddress().getAddress()).containsExactly(9, 1, 1, 1);
		assertThat(hop.address().getHostName()).isEqualTo("a.example.net");
		assertThat(hop.address().isUnresolved()).isFalse();
		assertThat(this.server.questions()).isEqualTo(questions);
		try (DnsResolver forgetful = new DnsResolver(
				new DnsOptions(List.of(this.server.address()), Duration.ofSeconds(10)))) {
			this.dns.close();
			this.dns = forgetful;
			assertUnroutable("example.org",
					"550 5.4.4 example.org has only private or reserved addresses, where no mail is sent to");
		}
	}

	@ParameterizedTest
	@CsvSource({ "[9.1.1.1],[9.1.1.1]:25", "[IPv6:2a00:1::1],[IPv6:2a00:1::1]:25" })
	void literalsAreGoneToStraightAway(String literal, String hop) throws Exception {
		assertThat(tried(literal)).containsExactly(hop);
		assertThat(this.server.questions()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[127.0.0.1]", "[10.0.0.1]", "[IPv6:0:0:0:0:0:0:0:1]", "[IPv6:::ffff:10.0.0.1]" })
	void privateLiteralsAreRefusedUnlessAllowed(String literal) throws Exception {
		assertUnroutable(literal,
				"550 5.4.4 " + literal + " has only private or reserved addresses, where no mail is sent to");
		this.allowPrivate = true;
		assertThat(hops(literal)).hasSize(1);
	}

	@Test
	void aSmartHostMayBePrivateAndIsNoMailDomain() throws Exception {
		named(new SmartHost("relay.example.net", 587), new SmartHost("127.0.0.1", 2525), new SmartHost("::1", 2525));
		this.server.zone("relay.example.net 300 A 10.0.0.1", "relay.example.net 300 AAAA fd00::1",
				"relay.example.net 300 MX 10 other.example.net");
		assertThat(tried("[relay.example.net]:587")).containsExactly("relay.example.net [10.0.0.1]:587",
				"relay.example.net [IPv6:fd00::1]:587");
		assertThat(tried("[127.0.0.1]:2525")).containsExactly("127.0.0.1 [127.0.0.1]:2525");
		assertThat(tried("[::1]:2525")).containsExactly("::1 [IPv6:::1]:2525");
	}

	@Test
	void mailWaitsWhateverIsWrongWithASmartHost() throws Exception {
		assertUnavailable("[gone.example.net]:25",
				"451 4.4.4 The host gone.example.net that the mail waits for is not configured any more");
		named(new SmartHost("gone.example.net", 25), new SmartHost("down.example.net", 25),
				new SmartHost("127.0.0.1", 2525));
		assertUnavailable("[gone.example.net]:25", "451 4.4.4 The host gone.example.net has no address");
		this.server.failing("down.example.net.", "A", Rcode.SERVFAIL)
			.failing("down.example.net.", "AAAA", Rcode.SERVFAIL);
		assertUnavailable("[down.example.net]:25",
				"451 4.4.3 The host down.example.net could not be looked up: the DNS answered SERVFAIL");
		this.ourselves = ourselves("mx.our.example", 2525, "0.0.0.0");
		assertUnavailable("[127.0.0.1]:2525", "451 4.4.6 The host 127.0.0.1 that mail is to be sent to is this server");
	}

	@Test
	void hostsAndAddressesHaveABound() throws Exception {
		this.maxHosts = 3;
		this.maxAddresses = 8;
		for (int host = 1; host <= 20; host++) {
			this.server.zone("example.org 300 MX " + host + " h" + host + ".example.net");
			for (int i = 1; i <= 9; i++) {
				this.server.zone("h" + host + ".example.net 300 A 9.1." + host + "." + i);
			}
		}
		List<NextHop> hops = hops("example.org");
		assertThat(hops).hasSize(8);
		assertThat(hops.subList(0, 6)).allMatch((hop) -> hop.host().equals("h1.example.net"));
		assertThat(hops.subList(6, 8)).allMatch((hop) -> hop.host().equals("h2.example.net"));
		assertThat(this.server.asked()).hasSize(7).doesNotContain("h4.example.net. A");
	}

	@Test
	void anAddressIsTriedOnce() throws Exception {
		this.server.zone("example.org 300 MX 10 a.example.net", "example.org 300 MX 20 b.example.net",
				"a.example.net 300 A 9.1.1.1", "b.example.net 300 A 9.1.1.1", "b.example.net 300 A 9.1.1.2");
		assertThat(tried("example.org")).containsExactly("a.example.net [9.1.1.1]:25", "b.example.net [9.1.1.2]:25");
	}

	/** Whatever stands in the DNS. */
	@Test
	void hopsKeepTheirPromises() throws Exception {
		long seed = System.nanoTime();
		System.out.println("hopsKeepTheirPromises: seed " + seed);
		Random random = new Random(seed);
		this.random = random;
		this.ourselves = ourselves("h0.example.net", 25, "0.0.0.0", "9.1.1.1");
		String[] addresses = { "A 9.1.1.1", "A 9.1.1.2", "A 9.1.1.3", "A 10.0.0.1", "AAAA 2a00:1::1", "AAAA ::1",
				"A 9.1.1.4", "TXT x" };
		for (int host = 0; host < 12; host++) {
			for (int i = random.nextInt(4); i >= 0; i--) {
				this.server.zone("h" + host + ".example.net 300 " + addresses[random.nextInt(addresses.length)]);
			}
			if (random.nextInt(4) == 0) {
				this.server.failing("h" + host + ".example.net.", random.nextBoolean() ? "A" : "AAAA", Rcode.SERVFAIL);
			}
		}
		for (int round = 0; round < 60; round++) {
			String domain = "d" + round + ".example";
			List<Integer> preferences = new ArrayList<>();
			for (int host = 0; host < 12; host++) {
				preferences.add(random.nextInt(5));
				if (random.nextInt(3) == 0 || host == round % 12) {
					this.server.zone(domain + " 300 MX " + preferences.get(host) + " h" + host + ".example.net");
				}
			}
			Route route = route(domain);
			if (route instanceof Route.Hops hops) {
				assertThat(hops.hops()).as("seed %d", seed).hasSizeLessThanOrEqualTo(this.maxAddresses);
				assertThat(hops.hops()).extracting(NextHop::address).doesNotHaveDuplicates();
				assertThat(hops.hops()).allMatch((hop) -> PublicAddresses.contain(hop.address().getAddress()))
					.noneMatch((hop) -> hop.host().equals("h0.example.net"))
					.noneMatch((hop) -> hop.address().getAddress().getHostAddress().equals("9.1.1.1"));
				assertThat(hops.hops().stream().map((hop) -> preferences.get(number(hop)))).isSorted();
			}
			else if (route instanceof Route.Unavailable unavailable) {
				assertThat(unavailable.reply().code()).as("seed %d", seed).isEqualTo(451);
			}
			else {
				assertThat(((Route.Unroutable) route).reply().code()).as("seed %d", seed).isEqualTo(550);
			}
		}
	}

	private static int number(NextHop hop) {
		return Integer.parseInt(hop.host().substring(1, hop.host().indexOf('.')));
	}

	private String destination(String sender, String recipient) {
		return router().destination(sender.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(sender)),
				Mailbox.of(recipient));
	}

	@ParameterizedTest
	@CsvSource({ "user@Example.ORG,example.org", "user@b\u00fccher.example,xn--bcher-kva.example",
			"user@[192.0.2.1],[192.0.2.1]", "user@[192.0.002.001],[192.0.2.1]",
			"user@[ipv6:2001:DB8::1],[IPv6:2001:db8::1]", "user@[IPv6:::ffff:192.0.2.1],[192.0.2.1]",
			"user@1.2.3.4,1.2.3.4" })
	void recipientsOfADomainWaitTogether(String recipient, String destination) {
		assertThat(destination("", recipient)).isEqualTo(destination);
	}

	@Test
	void theFirstRuleThatMatchesCounts() {
		SmartHost partner = new SmartHost("partner.example.net", 2525);
		SmartHost news = new SmartHost("news.example.net", 587);
		SmartHost rest = new SmartHost("192.0.2.1", 25);
		this.rules = List.of(new RoutingRule("direct.example", "*", Optional.empty()),
				new RoutingRule("*.partner.example", "*", Optional.of(partner)),
				new RoutingRule("*", "News.Example", Optional.of(news)), RoutingRule.all(rest));
		assertThat(destination("a@news.example", "b@direct.example")).isEqualTo("direct.example");
		assertThat(destination("a@news.example", "b@x.partner.example")).isEqualTo("[partner.example.net]:2525");
		assertThat(destination("a@news.example", "b@partner.example")).isEqualTo("[news.example.net]:587");
		assertThat(destination("a@example.org", "b@example.com")).isEqualTo("[192.0.2.1]:25");
		assertThat(destination("", "b@example.com")).isEqualTo("[192.0.2.1]:25");
		assertThat(destination("", "b@[192.0.2.7]")).isEqualTo("[192.0.2.1]:25");
		assertThat(this.server.questions()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[", "[]", "[a]", "[a]:", "[a]:x", "[a]:0", "[a]:65536", "[IPv6:]", "[IPv6:::1%1]",
			"[IPv6:[::1]]", "a b", "a\r\nb" })
	void whatIsNoDestinationLeadsNowhere(String text) throws Exception {
		assertThat(route(text)).isInstanceOfSatisfying(Route.Unroutable.class,
				(route) -> assertThat(route.reply().toString()).startsWith("550 5.1.2 "));
		assertThat(this.server.questions()).isZero();
	}

	@Test
	void destinationsKeepWithinTheirLength() {
		String label = "\u00fc".repeat(13);
		String domain = String.join(".", List.of(label, label, label, label, label, label, label, label)) + ".example";
		Collection<String> destinations = List.of(destination("", "u@" + domain));
		assertThat(destinations).allMatch((destination) -> destination.length() <= 255);
	}

	@Test
	void theMachinesOwnAddressesAreRead() {
		Ourselves machine = new Ourselves(List.of("MX.our.example"), List.of(new InetSocketAddress(25)));
		assertThat(machine.isName("mx.OUR.example")).isTrue();
		assertThat(machine.isName("our.example")).isFalse();
		assertThat(machine.isAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 25))).isTrue();
		assertThat(machine.isAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 26))).isFalse();
		assertThat(machine.isAddress(new InetSocketAddress("9.1.1.1", 25))).isFalse();
	}

}
