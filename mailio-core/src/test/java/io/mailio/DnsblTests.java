/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsServer;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.rcpt.CodeFilter;
import io.mailio.plugin.rcpt.Dnsbl;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.DnsblResult;
import io.mailio.plugin.rcpt.DnsblZone;
import io.mailio.session.AuthMode;
import io.mailio.session.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code rcpt/dnsbl} over real connections, with lists at a DNS server of our own. */
class DnsblTests {

	private static final String CLIENT = "192.0.2.7";

	private static final String ACCEPTED = "250 2.1.5";

	private final Mailroom mailroom = new Mailroom();

	private final List<String> verdicts = new CopyOnWriteArrayList<>();

	private final List<String> results = new CopyOnWriteArrayList<>();

	private DnsServer dns;

	private SmtpServer server;

	@BeforeEach
	void startDns() throws IOException {
		this.dns = new DnsServer();
	}

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
		this.dns.close();
	}

	private final class Verdicts implements Meters {

		@Override
		public void count(MeterName name, String... tagValues) {
		}

		@Override
		public void time(MeterName name, long nanos, String... tagValues) {
			assertThat(name).isEqualTo(MeterName.DNSBL);
			assertThat(nanos).isNotNegative();
			DnsblTests.this.verdicts.add(tagValues[0]);
		}

	}

	private void start(int threshold, OnError onError, DnsblZone... zones) {
		start(threshold, onError, zones, (mx) -> {
		});
	}

	private void start(int threshold, OnError onError, DnsblZone[] zones, Consumer<ListenerSpec> listener) {
		for (DnsblZone zone : zones) {
			this.dns.zone("2.0.0.127." + zone.name() + " 300 A 127.0.0.2");
		}
		start(new DnsblOptions(List.of(zones), threshold, onError, true), listener);
	}

	private void start(DnsblOptions options, Consumer<ListenerSpec> listener) {
		this.server = this.mailroom.open()
			.dns(new DnsOptions(List.of(this.dns.address()), Duration.ofSeconds(10)))
			.dnsbl(options)
			.meters(new Verdicts())
			.authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.handler("rcpt", "result", (req, res) -> {
				res.get("rcpt/dnsbl", DnsblResult.class).map(DnsblResult::logText).ifPresent(this.results::add);
				return res.accept();
			})
			.listener("mx", (mx) -> {
				mx.address(InetAddress.getLoopbackAddress()).port(0).trustedProxies(List.of("127.0.0.0/8", "::1"));
				listener.accept(mx);
			})
			.build();
		this.server.start();
	}

	private static DnsblZone zone(String name, int weight, String... codes) {
		return new DnsblZone(name, weight, Arrays.stream(codes).map(CodeFilter::parse).toList());
	}

	/** A client that comes, as a proxy says, from an address. */
	private TestClient client(String address) {
		String family = (address.indexOf(':') < 0) ? "TCP4" : "TCP6";
		String ours = (address.indexOf(':') < 0) ? "198.51.100.1" : "2001:db8::25";
		TestClient client = TestClient.connect(this.server.port());
		client.send("PROXY " + family + " " + address + " " + ours + " 41000 25\r\n").expect("220");
		client.command("EHLO client.example", "250");
		return client;
	}

	private String rcpt(String address) {
		return rcpt(address, "b@example.com");
	}

	private String rcpt(String address, String recipient) {
		try (TestClient client = client(address)) {
			client.command("MAIL FROM:<a@client.example>", "250");
			return client.command("RCPT TO:<" + recipient + ">", "");
		}
	}

	/** About clients. */
	private Stream<String> askedFor(String zone) {
		return this.dns.asked()
			.stream()
			.filter((question) -> question.endsWith(zone + ". A") && !question.contains(".0.0.127."));
	}

	@Test
	void aClientThatIsListedIsRefusedWithTheReasonThatTheListGives() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2",
				"7.2.0.192.bl.example 300 TXT \"https://bl.example/?192.0.2.7\"");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		assertThat(rcpt(CLIENT))
			.isEqualTo("550 5.7.1 Client [192.0.2.7] is listed by bl.example: https://bl.example/?192.0.2.7");
		assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
		assertThat(this.verdicts).containsExactly("listed", "clean");
		assertThat(this.results).containsExactly("clean");
	}

	@Test
	void aClientOfIpv6IsLookedUpByNibbles() {
		this.dns.zone("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example 300 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		assertThat(rcpt("2001:db8::7")).isEqualTo("550 5.7.1 Client [2001:db8::7] is listed by bl.example");
		assertThat(rcpt("2001:db8::8")).startsWith(ACCEPTED);
	}

	@Test
	void weightsOfListsAddUpAndThoseWhoAreTrustedAreTakenOff() {
		this.dns.zone("7.2.0.192.one.example 300 A 127.0.0.2", "7.2.0.192.two.example 300 A 127.0.0.2",
				"8.2.0.192.one.example 300 A 127.0.0.2", "9.2.0.192.one.example 300 A 127.0.0.2",
				"9.2.0.192.two.example 300 A 127.0.0.2", "9.2.0.192.wl.example 300 A 127.0.5.2");
		start(3, OnError.ACCEPT, zone("one.example", 1), zone("two.example", 2), zone("wl.example", -2));
		assertThat(rcpt(CLIENT)).isEqualTo("550 5.7.1 Client [192.0.2.7] is listed by two.example, one.example");
		assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
		assertThat(rcpt("192.0.2.9")).startsWith(ACCEPTED);
		assertThat(this.results).containsExactly("clean(one.example)", "clean(one.example,two.example,wl.example)");
	}

	@Test
	void onlyAnswersThatAreWantedCountAndAListWithSeveralEntriesIsAskedOnce() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.10", "8.2.0.192.bl.example 300 A 127.0.0.10",
				"8.2.0.192.bl.example 300 A 127.0.0.4");
		start(3, OnError.ACCEPT, zone("bl.example", 3, "127.0.0.2-9"), zone("bl.example", 1, "127.0.0.10-11"));
		assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
		assertThat(rcpt("192.0.2.8")).startsWith("550 5.7.1");
		assertThat(askedFor("bl.example")).hasSize(2);
		assertThat(this.results).containsExactly("clean(bl.example)");
	}

	@Test
	void theListsAreAskedOncePerConnectionHoweverManyRecipientsAndMessagesThereAre() {
		this.dns.zone("7.2.0.192.bl.example 0 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		try (TestClient client = client(CLIENT)) {
			client.send("MAIL FROM:<a@client.example>\r\n" + "RCPT TO:<b@example.com>\r\n".repeat(10) + "RSET\r\n"
					+ "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.com>\r\nNOOP\r\n");
			client.expect("250 2.1.0");
			for (int i = 0; i < 10; i++) {
				client.expect("550 5.7.1");
			}
			client.expect("250");
			client.expect("250 2.1.0");
			client.expect("550 5.7.1");
			client.expect("250");
		}
		assertThat(this.verdicts).containsExactly("listed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.7.7", "169.254.1.1", "100.64.0.1",
			"fe80::1", "fd00::7" })
	void nobodyIsAskedAboutLocalAndPrivateAddresses(String address) {
		start(1, OnError.TEMPFAIL, DnsblZone.of("bl.example"));
		assertThat(rcpt(address)).startsWith(ACCEPTED);
		assertThat(askedFor("bl.example")).isEmpty();
		assertThat(this.results).isEmpty();
	}

	@Test
	void nobodyIsAskedAboutUsers() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		try (TestClient client = client(CLIENT)) {
			client.command("AUTH PLAIN AGEAYg==", "235");
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<b@example.com>", ACCEPTED);
		}
		assertThat(askedFor("bl.example")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whereUsersOrServersBringMailNobodyIsAsked(boolean lmtp) {
		start(1, OnError.ACCEPT, new DnsblZone[] { DnsblZone.of("bl.example") },
				(listener) -> (lmtp ? listener.protocol(Protocol.LMTP) : listener)
					.auth(lmtp ? AuthMode.NONE : AuthMode.REQUIRED));
		assertThat(this.server.handlers("mx").get("rcpt")).doesNotContain("dnsbl");
	}

	@ParameterizedTest
	@CsvSource({ "127.255.255.254, refuses our questions with 127.255.255.254",
			"192.0.2.80, 'answers 192.0.2.80, which no list does'" })
	void whatIsNoAnswerOfAListIsAnErrorThatIsLoggedOnceAndRefusesNobody(String answer, String told) {
		this.dns.zone("7.2.0.192.bl.example 300 A " + answer, "8.2.0.192.bl.example 300 A " + answer);
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
			assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith("ERROR The list bl.example " + told);
		}
		assertThat(this.results).containsExactly("unknown", "unknown");
	}

	@Test
	void aListThatDoesNotAnswerRefusesNobody() {
		this.dns.failing("7.2.0.192.bl.example.", "A", Rcode.SERVFAIL);
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith("WARN The list bl.example could not be asked: the DNS answered SERVFAIL");
		}
		assertThat(this.verdicts).containsExactly("unknown");
	}

	@Test
	void aListOfTheTrustedTrustsNobodyByRefusingToAnswer() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.255", "7.2.0.192.wl.example 300 A 127.0.0.255");
		start(1, OnError.TEMPFAIL, zone("bl.example", 1), zone("wl.example", -1));
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			assertThat(rcpt(CLIENT)).startsWith("451 4.4.3");
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith("ERROR The list wl.example refuses our questions with 127.0.0.255");
		}
	}

	@Test
	void aListThatNamesEverybodyIsIgnoredAndToldOfOnce() {
		this.dns.zone("1.0.0.127.bl.example 300 A 127.0.0.2", "7.2.0.192.bl.example 300 A 127.0.0.2",
				"8.2.0.192.bl.example 300 A 127.0.0.2", "8.2.0.192.two.example 300 A 127.0.0.2");
		start(1, OnError.TEMPFAIL, DnsblZone.of("bl.example"), DnsblZone.of("two.example"));
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
			assertThat(rcpt("192.0.2.8")).isEqualTo("550 5.7.1 Client [192.0.2.8] is listed by two.example");
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith("WARN The list bl.example names everybody");
		}
		assertThat(this.results).containsExactly("clean");
	}

	@Test
	void aListThatDoesNotHaveWhatEveryListHasLooksDeadAndIsToldOfOnce() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		this.dns.remove("2.0.0.127.bl.example.");
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
			assertThat(rcpt(CLIENT)).startsWith("550 5.7.1");
			assertThat(log.linesWithLevels()).singleElement()
				.asString()
				.startsWith("WARN The list bl.example looks dead");
		}
	}

	@Test
	void aListThatCannotBeLookedAtIsAskedAboutClientsAllTheSame() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2")
			.failing("1.0.0.127.bl.example.", "A", Rcode.SERVFAIL)
			.failing("2.0.0.127.bl.example.", "A", Rcode.SERVFAIL);
		start(1, OnError.TEMPFAIL, DnsblZone.of("bl.example"));
		assertThat(rcpt(CLIENT)).startsWith("550 5.7.1");
		assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
	}

	@Test
	void nobodyIsAskedAnythingBeforeAStrangerComes() {
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		assertThat(rcpt("127.0.0.1")).startsWith(ACCEPTED);
		assertThat(this.dns.asked()).noneMatch((question) -> question.contains("bl.example"));
		assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
		assertThat(this.dns.asked()).contains("1.0.0.127.bl.example. A", "2.0.0.127.bl.example. A");
	}

	@Test
	void thePostmasterCanBeReachedByEverybodyUnlessThatIsSwitchedOff() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2", "8.2.0.192.bl.example 300 A 127.0.0.2")
			.failing("9.2.0.192.bl.example.", "A", Rcode.SERVFAIL);
		start(1, OnError.TEMPFAIL, DnsblZone.of("bl.example"));
		for (String postmaster : List.of("postmaster", "Postmaster@example.com", "\"POSTMASTER\"@example.org")) {
			assertThat(rcpt(CLIENT, postmaster)).startsWith(ACCEPTED);
			assertThat(rcpt("192.0.2.9", postmaster)).startsWith(ACCEPTED);
		}
		assertThat(this.results).containsOnly("listed(bl.example)", "unknown");
		assertThat(rcpt(CLIENT, "postmaster@elsewhere.example")).startsWith("550 5.7.1 Client");
		assertThat(rcpt(CLIENT, "postmaster.x@example.com")).startsWith("550 5.7.1 Client");
		this.server.close();
		start(new DnsblOptions(List.of(DnsblZone.of("bl.example")), 1, OnError.ACCEPT, false), (mx) -> {
		});
		assertThat(rcpt("192.0.2.8", "postmaster@example.com")).startsWith("550 5.7.1 Client");
	}

	@Test
	void aListThatDoesNotAnswerIsATemporaryFailureWhereThatIsWanted() {
		this.dns.failing("7.2.0.192.bl.example.", "A", Rcode.SERVFAIL);
		start(1, OnError.TEMPFAIL, DnsblZone.of("bl.example"));
		assertThat(rcpt(CLIENT)).isEqualTo("451 4.4.3 Your address cannot be looked up, try again later");
		assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
	}

	@Test
	void aListThatDoesNotAnswerMattersOnlyWhereItWouldDecide() {
		this.dns.zone("7.2.0.192.one.example 300 A 127.0.0.2", "9.2.0.192.one.example 300 A 127.0.0.2")
			.failing("7.2.0.192.two.example.", "A", Rcode.SERVFAIL)
			.failing("8.2.0.192.two.example.", "A", Rcode.SERVFAIL)
			.failing("9.2.0.192.wl.example.", "A", Rcode.SERVFAIL);
		start(2, OnError.TEMPFAIL, zone("one.example", 2), zone("two.example", 1), zone("wl.example", -1));
		assertThat(rcpt(CLIENT)).startsWith("550 5.7.1");
		assertThat(rcpt("192.0.2.8")).startsWith(ACCEPTED);
		assertThat(rcpt("192.0.2.9")).startsWith("451 4.4.3");
	}

	@Test
	void whatAListGivesAsReasonCannotEndTheLineNorFillIt() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2",
				"7.2.0.192.bl.example 300 TXT \"a\\013\\010250 OK\\027[2J caf\\195\\169\"",
				"8.2.0.192.bl.example 300 A 127.0.0.2",
				"8.2.0.192.bl.example 300 TXT \"" + "x".repeat(250) + "\" \"" + "y".repeat(250) + "\"");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		assertThat(rcpt(CLIENT)).isEqualTo("550 5.7.1 Client [192.0.2.7] is listed by bl.example: a??250 OK?[2J caf?");
		assertThat(rcpt("192.0.2.8")).endsWith("xxx...").hasSizeLessThan(300);
	}

	@Test
	void withoutAReasonThereIsStillARefusal() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2").failing("7.2.0.192.bl.example.", "TXT", Rcode.SERVFAIL);
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		assertThat(rcpt(CLIENT)).isEqualTo("550 5.7.1 Client [192.0.2.7] is listed by bl.example");
	}

	@Test
	void theLogSaysWhoWasRefusedAndByWhichList() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.INFO)) {
			rcpt(CLIENT);
			await().until(() -> !log.lines().isEmpty());
			assertThat(log.lines()).singleElement()
				.asString()
				.contains("client=192.0.2.7", "handlers=rcpt/dnsbl:listed(bl.example)",
						"last-refusal=\"rcpt/dnsbl 550 5.7.1 Client [192.0.2.7] is listed by bl.example\"");
		}
	}

	@Test
	void aHandlerThatIsSwitchedOffAsksNobody() {
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.2");
		start(1, OnError.ACCEPT, DnsblZone.of("bl.example"));
		this.server.disableHandler("rcpt", "dnsbl");
		assertThat(rcpt(CLIENT)).startsWith(ACCEPTED);
		assertThat(askedFor("bl.example")).isEmpty();
	}

}
