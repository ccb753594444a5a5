/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;

/** MX, A and AAAA records: what is found, what is certain, for how long. */
class HostLookupTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final AtomicLong nanoTime = new AtomicLong();

	private DnsServer server;

	private DnsResolver resolver;

	@BeforeEach
	void start() throws Exception {
		this.server = new DnsServer();
		this.resolver = resolver(LONG);
	}

	@AfterEach
	void stop() {
		this.resolver.close();
		this.server.close();
	}

	private DnsResolver resolver(Duration timeout) {
		return this.server.resolver(timeout, this.nanoTime::get);
	}

	private static <T> DnsAnswer<T> get(CompletionStage<DnsAnswer<T>> answer) throws Exception {
		return answer.toCompletableFuture().get(60, TimeUnit.SECONDS);
	}

	private static <T> List<T> values(CompletionStage<DnsAnswer<T>> answer) throws Exception {
		return (get(answer) instanceof DnsAnswer.Found<T> found) ? found.values() : List.of();
	}

	private static DnsAnswer<InetAddress> found(String... addresses) throws Exception {
		InetAddress[] values = new InetAddress[addresses.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = InetAddress.getByName(addresses[i]);
		}
		return new DnsAnswer.Found<>(List.of(values));
	}

	private void pass(long seconds) {
		this.nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
	}

	@Test
	void mailExchangersAreInLowerCaseWithoutDotAndKeepTheirOrder() throws Exception {
		this.server.zone("example.org 300 MX 20 B.Example.net", "example.org 300 MX 10 a.example.net");
		assertThat(get(this.resolver.mailExchangers("EXAMPLE.org"))).isEqualTo(new DnsAnswer.Found<>(
				List.of(new MailExchanger(20, "b.example.net"), new MailExchanger(10, "a.example.net"))));
	}

	@Test
	void theRootIsAnEmptyName() throws Exception {
		this.server.zone("example.org 300 MX 0 .");
		assertThat(get(this.resolver.mailExchangers("example.org")))
			.isEqualTo(new DnsAnswer.Found<>(List.of(new MailExchanger(0, ""))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "192.0.2.1", "a\\032b.example.net", "a\\010b.example.net", "caf\\195\\169.example.net" })
	void mailExchangersThatAreNoHostNamesAreLeftOut(String host) throws Exception {
		this.server.zone("example.org 300 MX 10 " + host);
		assertThat(get(this.resolver.mailExchangers("example.org"))).isEqualTo(new DnsAnswer.Found<>(List.of()));
	}

	@Test
	void addressesAreFoundByKindAndKnowTheirHost() throws Exception {
		this.server.zone("a.example.net 300 A 192.0.2.1", "a.example.net 300 A 192.0.2.2",
				"a.example.net 300 AAAA 2001:db8::1");
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(found("192.0.2.1", "192.0.2.2"));
		assertThat(get(this.resolver.ipv6("a.example.net"))).isEqualTo(found("2001:db8::1"));
		InetAddress address = values(this.resolver.ipv4("a.example.net")).get(0);
		assertThat(address).hasToString("a.example.net/192.0.2.1");
	}

	@Test
	void anIpv4AddressWrittenAsOneOfIpv6IsOneOfIpv4() throws Exception {
		this.server.zone("a.example.net 300 AAAA ::ffff:127.0.0.1");
		assertThat(get(this.resolver.ipv6("a.example.net"))).isEqualTo(found("127.0.0.1"));
	}

	@Test
	void noSuchNameDiffersFromNoSuchRecord() throws Exception {
		this.server.zone("a.example.net 300 A 192.0.2.1");
		assertThat(get(this.resolver.ipv6("a.example.net"))).isEqualTo(new DnsAnswer.None<>(true));
		assertThat(get(this.resolver.ipv6("b.example.net"))).isEqualTo(new DnsAnswer.None<>(false));
	}

	@ParameterizedTest
	@CsvSource({ "SERVFAIL,the DNS answered SERVFAIL", "REFUSED,the DNS answered REFUSED",
			"NOTIMP,the DNS answered NOTIMP" })
	void aServerThatCannotTellIsAFailureThatNamesItsReason(String code, String reason) throws Exception {
		this.server.failing(Rcode.value(code));
		assertThat(get(this.resolver.mailExchangers("example.org"))).isEqualTo(new DnsAnswer.Failed<>(reason));
	}

	@Test
	void silenceIsAFailure() throws Exception {
		this.server.silent();
		try (DnsResolver hasty = resolver(Duration.ofMillis(25))) {
			assertThat(get(hasty.mailExchangers("example.org")))
				.isEqualTo(new DnsAnswer.Failed<>("no DNS server answered in time"));
		}
	}

	@Test
	void aTruncatedAnswerIsAskedForByTcp() throws Exception {
		for (int i = 1; i <= 40; i++) {
			this.server.zone("example.org 300 MX " + i + " a-rather-long-name-of-a-host-" + i + ".example.net");
		}
		this.server.truncating();
		assertThat(values(this.resolver.mailExchangers("example.org"))).hasSize(40);
		assertThat(this.server.questions()).isEqualTo(2);
	}

	@Test
	void noMoreRecordsAreKeptThanAnybodyNeeds() throws Exception {
		for (int i = 1; i <= 200; i++) {
			this.server.zone("a.example.net 300 A 192.0.2." + i);
		}
		this.server.truncating();
		assertThat(values(this.resolver.ipv4("a.example.net"))).hasSize(50);
	}

	@Test
	void aliasesInTheAnswerAreFollowed() throws Exception {
		this.server.zone("a.example.net 300 CNAME b.example.net", "b.example.net 300 CNAME c.example.net",
				"c.example.net 300 A 192.0.2.1");
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(found("192.0.2.1"));
		assertThat(this.server.questions()).isEqualTo(1);
	}

	@Test
	void whatIsBehindAnAliasIsAskedForIfTheAnswerEndsWithIt() throws Exception {
		this.server.notChasing()
			.zone("a.example.net 300 CNAME b.example.net", "b.example.net 300 CNAME c.example.net",
					"c.example.net 300 A 192.0.2.1");
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(found("192.0.2.1"));
		assertThat(this.server.asked()).containsExactly("a.example.net. A", "b.example.net. A", "c.example.net. A");
		assertThat(get(this.resolver.ipv6("a.example.net"))).isEqualTo(new DnsAnswer.None<>(true));
	}

	@Test
	void anAliasOfNothingIsCertainlyNothing() throws Exception {
		this.server.zone("a.example.net 300 CNAME gone.example.net");
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(new DnsAnswer.None<>(false));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aliasesWithoutEndAreAFailure(boolean chasing) throws Exception {
		this.server.zone("a.example.net 300 CNAME b.example.net", "b.example.net 300 CNAME a.example.net");
		if (!chasing) {
			this.server.notChasing();
		}
		assertThat(get(this.resolver.ipv4("a.example.net")))
			.isEqualTo(new DnsAnswer.Failed<>("there are too many aliases in the DNS"));
		assertThat(this.server.questions()).isLessThanOrEqualTo(10);
	}

	@Test
	void recordsOfOtherNamesAreNoAnswer() throws Exception {
		this.server.answer("a.example.net.",
				org.xbill.DNS.Record.fromString(org.xbill.DNS.Name.fromString("b.example.net."), org.xbill.DNS.Type.A,
						org.xbill.DNS.DClass.IN, 300, "192.0.2.66", org.xbill.DNS.Name.root));
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(new DnsAnswer.None<>(true));
	}

	@ParameterizedTest
	@CsvSource({ "300,300", "0,10", "9,10", "3600,3600", "86400,3600" })
	void recordsAreKnownForTheirTimeWithinBounds(int ttl, int known) throws Exception {
		this.server.zone("a.example.net " + ttl + " A 192.0.2.1", "a.example.net 7200 A 192.0.2.2");
		assertIsKnownFor(known);
	}

	@Test
	void theShortestTimeOfAliasesAndRecordsCounts() throws Exception {
		this.server.zone("a.example.net 100 CNAME b.example.net", "b.example.net 300 A 192.0.2.1");
		assertIsKnownFor(100);
	}

	@ParameterizedTest
	@CsvSource({ "3600,100,100", "100,3600,100", "1,1,10", "86400,86400,900" })
	void thatThereIsNoneIsKnownForTheTimeOfTheZone(int ttl, int minimum, int known) throws Exception {
		this.server
			.authority("example.net " + ttl + " SOA ns.example.net admin.example.net 1 3600 600 86400 " + minimum);
		assertIsKnownFor(known);
		this.server.zone("a.example.net 300 AAAA 2001:db8::1");
		pass(known);
		assertIsKnownFor(known);
	}

	@Test
	void thatThereIsNoneIsKnownForAMinuteIfTheZoneDoesNotSay() throws Exception {
		assertIsKnownFor(60);
	}

	@Test
	void aFailureIsKnownForHalfAMinute() throws Exception {
		this.server.failing(Rcode.SERVFAIL);
		DnsAnswer<InetAddress> failure = get(this.resolver.ipv4("a.example.net"));
		this.server.failing(Rcode.NOERROR).zone("a.example.net 300 A 192.0.2.1");
		pass(29);
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(failure);
		pass(1);
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(found("192.0.2.1"));
	}

	private void assertIsKnownFor(int seconds) throws Exception {
		DnsAnswer<InetAddress> answer = get(this.resolver.ipv4("a.example.net"));
		int questions = this.server.questions();
		pass(seconds - 1);
		assertThat(this.resolver.ipv4("a.example.net").toCompletableFuture()).isCompletedWithValue(answer);
		assertThat(this.server.questions()).isEqualTo(questions);
		pass(1);
		assertThat(get(this.resolver.ipv4("a.example.net"))).isEqualTo(answer);
		assertThat(this.server.questions()).isEqualTo(questions + 1);
	}

	@Test
	void whoAsksMeanwhileGetsTheSameAnswer() throws Exception {
		this.server.zone("a.example.net 300 A 192.0.2.1");
		CountDownLatch gate = this.server.hold();
		CompletionStage<DnsAnswer<InetAddress>> first = this.resolver.ipv4("a.example.net");
		CompletionStage<DnsAnswer<InetAddress>> second = this.resolver.ipv4("A.example.NET");
		assertThat(first.toCompletableFuture()).isNotDone();
		gate.countDown();
		assertThat(get(first)).isEqualTo(found("192.0.2.1"));
		assertThat(get(second)).isEqualTo(found("192.0.2.1"));
		assertThat(this.server.questions()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "a..b", "192.0.2.1", "a b.example.net", "caf\u00e9.example", "a\\.b.example",
			"x.invalid", "INVALID", "hidden.onion",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example" })
	void namesThatCannotBeInTheDnsAreNotAskedFor(String name) throws Exception {
		assertThat(get(this.resolver.mailExchangers(name))).isEqualTo(new DnsAnswer.None<>(false));
		assertThat(get(this.resolver.ipv4(name))).isEqualTo(new DnsAnswer.None<>(false));
		assertThat(get(this.resolver.ipv6(name))).isEqualTo(new DnsAnswer.None<>(false));
		assertThat(this.server.questions()).isZero();
	}

	@Test
	void aNameThatIsTooLongAsAWholeIsNotAskedFor() throws Exception {
		String name = "a23456789.".repeat(25) + "abcde";
		assertThat(name).hasSize(255);
		assertThat(get(this.resolver.ipv4(name))).isEqualTo(new DnsAnswer.None<>(false));
	}

	@Test
	void configuredServersAreAskedForConfiguredHosts() throws Exception {
		this.server.zone("relay.example.net 300 A 192.0.2.1", "relay.example.net 300 AAAA 2001:db8::1",
				"four.example.net 300 A 192.0.2.4");
		assertThat(get(this.resolver.configuredHost("relay.example.net"))).isEqualTo(found("192.0.2.1", "2001:db8::1"));
		assertThat(get(this.resolver.configuredHost("four.example.net"))).isEqualTo(found("192.0.2.4"));
		assertThat(get(this.resolver.configuredHost("gone.example.net"))).isEqualTo(new DnsAnswer.None<>(false));
		this.server.failing("four.example.net.", "AAAA", Rcode.SERVFAIL)
			.failing("relay.example.net.", "A", Rcode.SERVFAIL);
		pass(3600);
		assertThat(get(this.resolver.configuredHost("four.example.net"))).isEqualTo(found("192.0.2.4"));
		assertThat(get(this.resolver.configuredHost("relay.example.net"))).isEqualTo(found("2001:db8::1"));
	}

	@Test
	void anAddressIsAHostThatNeedsNoQuestion() throws Exception {
		assertThat(get(this.resolver.configuredHost("192.0.2.1"))).isEqualTo(found("192.0.2.1"));
		assertThat(get(this.resolver.configuredHost("2001:db8::1"))).isEqualTo(found("2001:db8::1"));
		assertThat(this.server.questions()).isZero();
	}

	@Test
	void withoutConfiguredServersTheOperatingSystemIsAsked() throws Exception {
		try (DnsResolver system = new DnsResolver(DnsOptions.defaults())) {
			assertThat(values(system.configuredHost("localhost"))).isNotEmpty()
				.allMatch(InetAddress::isLoopbackAddress);
			assertThat(get(system.configuredHost("no such host")))
				.isEqualTo(new DnsAnswer.Failed<>("the operating system knows no such host"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST", "x.localhost" })
	void localhostIsLoopbackWithoutAskingTheSystemsServers(String name) throws Exception {
		try (DnsResolver system = new DnsResolver(DnsOptions.defaults())) {
			assertThat(system.ipv4(name).toCompletableFuture()).isCompletedWithValue(found("127.0.0.1"));
			assertThat(system.ipv6(name).toCompletableFuture()).isCompletedWithValue(found("::1"));
			assertThat(system.mailExchangers(name).toCompletableFuture())
				.isCompletedWithValue(new DnsAnswer.None<>(true));
		}
	}

	@Test
	void aClosedResolverCannotTell() throws Exception {
		DnsResolver closed = resolver(LONG);
		closed.close();
		assertThat(get(closed.mailExchangers("example.org"))).isInstanceOf(DnsAnswer.Failed.class);
		DnsResolver system = new DnsResolver(DnsOptions.defaults());
		system.close();
		assertThat(get(system.configuredHost("example"))).isInstanceOf(DnsAnswer.Failed.class);
	}

}
