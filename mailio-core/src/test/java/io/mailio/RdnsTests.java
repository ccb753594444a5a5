/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsServer;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.connect.RdnsOptions.Requirement;
import io.mailio.plugin.connect.ReverseDns;
import io.mailio.session.AuthMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code connect/rdns} over real connections, with a DNS server of our own. */
class RdnsTests {

	private static final String NO_NAME = "550 5.7.25 Your address has no name in the DNS";

	private static final String NOT_CONFIRMED = "550 5.7.25 No name of your address in the DNS leads back to it";

	private static final String UNKNOWN = "450 4.7.25 The name of your address cannot be looked up, try again later";

	private final Mailroom mailroom = new Mailroom();

	private final List<String> outcomes = new CopyOnWriteArrayList<>();

	private final List<ReverseDns> facts = new CopyOnWriteArrayList<>();

	private DnsServer dns;

	private SmtpServer server;

	@BeforeEach
	void startDns() throws IOException {
		this.dns = new DnsServer();
		this.dns
			.zone("7.2.0.192.in-addr.arpa 300 PTR Mail.client.example", "mail.client.example 300 A 192.0.2.7",
					"8.2.0.192.in-addr.arpa 300 PTR liar.client.example", "liar.client.example 300 A 192.0.2.7",
					"10.2.0.192.in-addr.arpa 300 PTR slow.client.example")
			.failing("10.2.0.192.in-addr.arpa.", "PTR", Rcode.SERVFAIL)
			.zone("11.2.0.192.in-addr.arpa 300 PTR slow.client.example")
			.failing("slow.client.example.", "A", Rcode.SERVFAIL);
	}

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
		this.dns.close();
	}

	private void start(Requirement require) {
		start(require, Duration.ofSeconds(10), (mx) -> {
		});
	}

	private void start(Requirement require, Duration timeout, Consumer<ListenerSpec> listener) {
		start(new RdnsOptions(require, OnError.TEMPFAIL), timeout, listener);
	}

	private void start(RdnsOptions options, Duration timeout, Consumer<ListenerSpec> listener) {
		this.server = this.mailroom.open()
			.dns(new DnsOptions(List.of(this.dns.address()), timeout))
			.rdns(options)
			.meters(new Meters() {

				@Override
				public void count(MeterName name, String... tagValues) {
					RdnsTests.this.outcomes.add(tagValues[0]);
				}

				@Override
				public void time(MeterName name, long nanos, String... tagValues) {
				}

			})
			.handler("mail", "fact", (req, res) -> {
				res.get("connect/rdns", ReverseDns.class).ifPresent(this.facts::add);
				return res.accept(250, req.session().client().hostname());
			})
			.listener("mx", (mx) -> {
				mx.address(InetAddress.getLoopbackAddress()).port(0).trustedProxies(List.of("127.0.0.0/8", "::1"));
				listener.accept(mx);
			})
			.build();
		this.server.start();
	}

	private TestClient client(String address) {
		return TestClient.connect(this.server.port()).send("PROXY TCP4 " + address + " 198.51.100.1 41000 25\r\n");
	}

	private String greeting(String address) {
		try (TestClient client = client(address)) {
			return client.expect("");
		}
	}

	private String mail(String address) {
		try (TestClient client = client(address)) {
			client.expect("220");
			client.command("EHLO client.example", "250");
			return client.command("MAIL FROM:<a@client.example>", "250");
		}
	}

	@Test
	void laterHandlersLearnWhetherANameLeadsBack() {
		start(Requirement.NOTHING);
		assertThat(mail("192.0.2.7")).endsWith("Mail.client.example");
		assertThat(mail("192.0.2.8")).endsWith("liar.client.example");
		assertThat(mail("192.0.2.9")).endsWith("[192.0.2.9]");
		mail("192.0.2.10");
		mail("192.0.2.11");
		assertThat(this.facts).containsExactly(
				new ReverseDns(ReverseDns.Outcome.CONFIRMED, List.of("Mail.client.example"),
						List.of("Mail.client.example")),
				new ReverseDns(ReverseDns.Outcome.MISMATCH, List.of("liar.client.example"), List.of()),
				new ReverseDns(ReverseDns.Outcome.NONE, List.of(), List.of()),
				new ReverseDns(ReverseDns.Outcome.UNKNOWN, List.of(), List.of()),
				new ReverseDns(ReverseDns.Outcome.UNKNOWN, List.of("slow.client.example"), List.of()));
		assertThat(this.facts.get(0).name()).hasValue("Mail.client.example");
		assertThat(this.facts.get(1).name()).isEmpty();
		assertThat(this.outcomes).containsExactly("confirmed", "mismatch", "none", "unknown", "unknown");
	}

	@Test
	void theNameOfAClientIsAskedForOnce() {
		start(Requirement.CONFIRMED);
		mail("192.0.2.7");
		mail("192.0.2.7");
		assertThat(this.dns.asked()).containsExactly("7.2.0.192.in-addr.arpa. PTR", "mail.client.example. A");
	}

	@ParameterizedTest
	@CsvSource({ "7, 220, 220", "8, 220, " + NOT_CONFIRMED, "9, " + NO_NAME + ", " + NO_NAME,
			"10, '" + UNKNOWN + "', '" + UNKNOWN + "'", "11, 220, '" + UNKNOWN + "'" })
	void aNameMayBeRequired(int host, String name, String confirmed) {
		start(Requirement.NAME);
		assertThat(greeting("192.0.2." + host)).startsWith(name);
		this.server.close();
		start(Requirement.CONFIRMED);
		assertThat(greeting("192.0.2." + host)).startsWith(confirmed);
	}

	@ParameterizedTest
	@CsvSource({ "NAME, 10", "CONFIRMED, 10", "CONFIRMED, 11" })
	void whereTheDnsCannotTellAClientMayBeLetIn(Requirement require, int host) {
		start(new RdnsOptions(require, OnError.ACCEPT), Duration.ofSeconds(10), (mx) -> {
		});
		assertThat(greeting("192.0.2." + host)).startsWith("220");
		assertThat(greeting("192.0.2.9")).startsWith(NO_NAME);
		assertThat(this.outcomes).containsExactly("unknown", "none");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "10.1.2.3", "192.168.1.1" })
	void localAndPrivateClientsAreNeitherConfirmedNorRefused(String address) {
		start(Requirement.CONFIRMED);
		mail(address);
		assertThat(this.facts).isEmpty();
		assertThat(this.dns.asked()).noneMatch((question) -> question.endsWith(" A"));
	}

	@Test
	void usersComeFromWhereverTheyAre() {
		start(Requirement.CONFIRMED, Duration.ofSeconds(10), (submission) -> submission.auth(AuthMode.REQUIRED));
		assertThat(greeting("192.0.2.9")).startsWith("220");
		assertThat(this.dns.asked()).noneMatch((question) -> question.endsWith(" A"));
	}

	@Test
	void aNameServerThatIsSilentDelaysTheGreetingButDoesNotPreventIt() {
		this.dns.zone("12.2.0.192.in-addr.arpa 300 PTR silent.client.example")
			.failing("silent.client.example.", "A", -1);
		start(Requirement.NOTHING, Duration.ofMillis(200), (mx) -> {
		});
		assertThat(mail("192.0.2.12")).endsWith("silent.client.example");
		assertThat(this.outcomes).containsExactly("unknown");
	}

	@Test
	void theLogSaysWhoWasRefusedAndWhy() {
		start(Requirement.CONFIRMED);
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG)) {
			greeting("192.0.2.8");
			await().until(() -> !log.lines().isEmpty());
			assertThat(log.lines()).singleElement()
				.asString()
				.contains("client=192.0.2.8", "name=liar.client.example", "handlers=connect/rdns:mismatch",
						"last-refusal=\"connect/rdns " + NOT_CONFIRMED + "\"");
		}
	}

}
