/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;

/** What is asked about clients: their names, whether these are true, and lists. */
class ClientQuestionsTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final String POINTER = "7.2.0.192.in-addr.arpa";

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

	private DnsAnswer<String> confirmed(String address) throws Exception {
		return get(this.resolver.confirmedNames(InetAddress.getByName(address)));
	}

	private static DnsAnswer<String> found(String... values) {
		return new DnsAnswer.Found<>(List.of(values));
	}

	private static DnsAnswer<InetAddress> codes(String... codes) throws Exception {
		List<InetAddress> values = new ArrayList<>();
		for (String code : codes) {
			values.add(InetAddress.getByName(code));
		}
		return new DnsAnswer.Found<>(values);
	}

	@Test
	void allNamesOfAnAddressAreTold() throws Exception {
		this.server.zone(POINTER + ". 300 PTR a.example.com", POINTER + ". 300 PTR 1.2.3.4",
				POINTER + ". 300 PTR b.example.com");
		assertThat(get(this.resolver.names(InetAddress.getByName("192.0.2.7"))))
			.isEqualTo(found("a.example.com", "b.example.com"));
	}

	@Test
	void aNameThatLeadsBackIsConfirmed() throws Exception {
		this.server.zone(POINTER + ". 300 PTR liar.example.com", POINTER + ". 300 PTR mail.example.com",
				"liar.example.com. 300 A 198.51.100.1", "mail.example.com. 300 A 192.0.2.6",
				"mail.example.com. 300 A 192.0.2.7");
		assertThat(confirmed("192.0.2.7")).isEqualTo(found("mail.example.com"));
		assertThat(this.server.asked()).noneMatch((question) -> question.endsWith(" AAAA"));
	}

	@Test
	void ipv6NamesAreConfirmedByIpv6Addresses() throws Exception {
		this.server.zone(
				"7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 PTR six.example.com",
				"six.example.com. 300 AAAA 2001:db8::7");
		assertThat(confirmed("2001:db8::7")).isEqualTo(found("six.example.com"));
		assertThat(this.server.asked()).noneMatch((question) -> question.endsWith(" A"));
	}

	@Test
	void aNameThatLeadsElsewhereIsNotConfirmed() throws Exception {
		this.server.zone(POINTER + ". 300 PTR mail.example.com", "mail.example.com. 300 A 192.0.2.8");
		assertThat(confirmed("192.0.2.7")).isEqualTo(new DnsAnswer.None<>(true));
	}

	@Test
	void anAddressWithoutANameIsNotConfirmed() throws Exception {
		assertThat(confirmed("192.0.2.7")).isEqualTo(new DnsAnswer.None<>(false));
		this.server.zone("8.2.0.192.in-addr.arpa. 300 PTR 1.2.3.4");
		assertThat(confirmed("192.0.2.8")).isEqualTo(new DnsAnswer.None<>(false));
	}

	@ParameterizedTest
	@CsvSource({ POINTER + "., PTR", "mail.example.com., A" })
	void whatTheDnsCannotTellIsNeitherConfirmedNorRefuted(String name, String type) throws Exception {
		this.server.zone(POINTER + ". 300 PTR mail.example.com", "mail.example.com. 300 A 192.0.2.7")
			.failing(name, type, Rcode.SERVFAIL);
		assertThat(confirmed("192.0.2.7")).isEqualTo(new DnsAnswer.Failed<>("the DNS answered SERVFAIL"));
	}

	@Test
	void aNameThatNobodyKnowsDoesNotHideAConfirmedOne() throws Exception {
		this.server
			.zone(POINTER + ". 300 PTR broken.example.com", POINTER + ". 300 PTR mail.example.com",
					"mail.example.com. 300 A 192.0.2.7")
			.failing("broken.example.com.", "A", Rcode.SERVFAIL);
		assertThat(confirmed("192.0.2.7")).isEqualTo(found("mail.example.com"));
	}

	@Test
	void onlyTheFirstNamesOfManyAreTried() throws Exception {
		IntStream.range(0, 20).forEach((i) -> this.server.zone(POINTER + ". 300 PTR n" + i + ".example.com"));
		this.server.zone("n19.example.com. 300 A 192.0.2.7");
		assertThat(confirmed("192.0.2.7")).isEqualTo(new DnsAnswer.None<>(true));
		assertThat(this.server.asked().stream().filter((question) -> question.endsWith(" A"))).hasSize(5);
	}

	@Test
	void aNameIsNotAskedForAgainByWhoConfirmsIt() throws Exception {
		this.server.zone(POINTER + ". 0 PTR mail.example.com", "mail.example.com. 0 A 192.0.2.7");
		CountDownLatch gate = this.server.hold();
		InetAddress address = InetAddress.getByName("192.0.2.7");
		CompletableFuture<?> name = this.resolver.reverse(address).toCompletableFuture();
		CompletableFuture<?> first = this.resolver.confirmedNames(address).toCompletableFuture();
		CompletableFuture<?> second = this.resolver.confirmedNames(address).toCompletableFuture();
		gate.countDown();
		CompletableFuture.allOf(name, first, second).get(30, TimeUnit.SECONDS);
		assertThat(this.resolver.confirmedNames(address).toCompletableFuture()).isDone();
		assertThat(this.server.asked()).containsExactly(POINTER + ". PTR", "mail.example.com. A");
	}

	@Test
	void allQuestionsForAConfirmationHaveTheTimeOfOne() throws Exception {
		this.server.zone(POINTER + ". 300 PTR mail.example.com").failing("mail.example.com.", "A", -1);
		try (DnsResolver impatient = resolver(Duration.ofMillis(200))) {
			assertThat(get(impatient.confirmedNames(InetAddress.getByName("192.0.2.7"))))
				.isEqualTo(new DnsAnswer.Failed<>("no DNS server answered in time"));
		}
	}

	@Test
	void listsAreAskedForReversedOctets() throws Exception {
		this.server.zone("7.2.0.192.bl.example. 300 A 127.0.0.2", "7.2.0.192.bl.example. 300 A 127.0.0.4",
				"7.2.0.192.bl.example. 300 TXT \"see \" \"https://bl.example/?192.0.2.7\"");
		InetAddress address = InetAddress.getByName("192.0.2.7");
		assertThat(get(this.resolver.listing("bl.example", address))).isEqualTo(codes("127.0.0.2", "127.0.0.4"));
		assertThat(get(this.resolver.listingReasons("bl.example", address)))
			.isEqualTo(found("see https://bl.example/?192.0.2.7"));
		assertThat(get(this.resolver.listing("bl.example", InetAddress.getByName("192.0.2.8"))))
			.isEqualTo(new DnsAnswer.None<>(false));
	}

	@Test
	void listsAreAskedForReversedNibbles() throws Exception {
		this.server.zone("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example. 300 A 127.0.0.2");
		assertThat(get(this.resolver.listing("bl.example", InetAddress.getByName("2001:db8::1"))))
			.isEqualTo(codes("127.0.0.2"));
	}

	@Test
	void whatAListSaysIsKeptForItsTime() throws Exception {
		this.server.zone("7.2.0.192.bl.example. 300 A 127.0.0.2").authority("bl.example. 60 SOA a. b. 1 2 3 4 60");
		InetAddress listed = InetAddress.getByName("192.0.2.7");
		InetAddress clean = InetAddress.getByName("192.0.2.8");
		for (int second : new int[] { 59, 240, 1 }) {
			get(this.resolver.listing("bl.example", listed));
			get(this.resolver.listing("bl.example", clean));
			this.nanoTime.addAndGet(Duration.ofSeconds(second).toNanos());
		}
		get(this.resolver.listing("bl.example", listed));
		assertThat(this.server.asked()).containsExactly("7.2.0.192.bl.example. A", "8.2.0.192.bl.example. A",
				"8.2.0.192.bl.example. A", "7.2.0.192.bl.example. A");
	}

	@Test
	void aClosedResolverIsNotAskedAnyMore() throws Exception {
		this.resolver.close();
		InetAddress address = InetAddress.getByName("192.0.2.7");
		assertThat(get(this.resolver.names(address))).isInstanceOf(DnsAnswer.Failed.class);
		assertThat(get(this.resolver.confirmedNames(address))).isInstanceOf(DnsAnswer.Failed.class);
		assertThat(get(this.resolver.listing("bl.example", address))).isInstanceOf(DnsAnswer.Failed.class);
		assertThat(this.server.questions()).isZero();
	}

}
