/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsServer;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.relay.AddressOrder;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.RoutingOptions;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that sends mail on where the DNS says: {@code 127.0.0.1} is another server,
 * and at {@code 127.0.0.2} nobody listens.
 */
class RelayByDnsTests {

	/** What has not arrived soon is not tried again within a test. */
	private static final RetrySchedule LATER = new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4),
			Duration.ofDays(2));

	@TempDir
	Path directory;

	private final Mailroom elsewhere = new Mailroom();

	private final AtomicInteger connections = new AtomicInteger();

	private final List<String> outcomes = new CopyOnWriteArrayList<>();

	private DnsServer dns;

	private SmtpServer other;

	private SmtpServer server;

	@BeforeEach
	void start() throws IOException {
		this.dns = new DnsServer();
		this.other = this.elsewhere.open().domains("elsewhere.example").handler("connect", "count", (req, res) -> {
			this.connections.incrementAndGet();
			return res.accept();
		}).build();
		this.other.start();
	}

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
		this.other.close();
		this.dns.close();
	}

	private final class Outcomes implements RelayListener {

		@Override
		public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
			add(results);
		}

		@Override
		public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
			add(results);
		}

		@Override
		public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
			add(results);
		}

		private void add(List<AttemptResult> results) {
			results.stream()
				.filter((one) -> !one.recipient().mailbox().equals(Mailbox.of("user@example.com")))
				.map((one) -> one.kind() + " " + one.remote() + " " + one.reply())
				.forEach(RelayByDnsTests.this.outcomes::add);
		}

	}

	private void startServer(boolean allowPrivateTargets) {
		this.server = Mailroom.server()
			.dns(new DnsOptions(List.of(this.dns.address()), Duration.ofSeconds(10)))
			.authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.maildir(this.directory.resolve("mail") + "/%n")
			.relay((relay) -> relay.directory(this.directory.resolve("queue"))
				.options(new RelayOptions(20, 5, 0, LATER, Duration.ZERO))
				.routing(new RoutingOptions(List.of(), this.other.port(), allowPrivateTargets, AddressOrder.AUTO, 10,
						20))
				.listener(new Outcomes()))
			.build();
		this.server.start();
	}

	private void send(String recipient) {
		try (TestClient client = TestClient.hello(this.server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			SmtpRelayTests.send(client, "user@example.com", recipient);
		}
	}

	private String outcome() {
		Awaitility.await().until(() -> !this.outcomes.isEmpty());
		assertThat(this.outcomes).hasSize(1);
		return this.outcomes.get(0);
	}

	private String notification() throws IOException {
		Path folder = this.directory.resolve("mail/user/new");
		Awaitility.await().until(() -> !files(folder).isEmpty());
		assertThat(files(folder)).hasSize(1);
		Awaitility.await().untilAsserted(() -> assertThat(waiting()).isEmpty());
		return Files.readString(files(folder).get(0), StandardCharsets.ISO_8859_1);
	}

	private static List<Path> files(Path folder) throws IOException {
		if (!Files.isDirectory(folder)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.toList();
		}
	}

	private List<QueuedMessage> waiting() throws IOException {
		return this.server.relay().orElseThrow().queue().list(QueueFilter.first(2));
	}

	private void assertReturned(String recipient, String reply, String status) throws IOException {
		assertThat(outcome()).isEqualTo("BOUNCED null " + reply);
		assertThat(notification()).startsWith("Return-Path: <>\r\nDelivered-To: user@example.com\r\n")
			.contains("Final-Recipient: rfc822; " + recipient, "Action: failed", "Status: " + status, "Subject: hello");
		assertThat(this.connections).hasValue(0);
	}

	@Test
	void aDeadMailExchangerIsPassedOverForTheNextOne() {
		this.dns.zone("elsewhere.example 300 MX 20 b.elsewhere.example",
				"elsewhere.example 300 MX 10 a.elsewhere.example", "a.elsewhere.example 300 A 127.0.0.2",
				"b.elsewhere.example 300 A 127.0.0.1");
		startServer(true);
		send("friend@elsewhere.example");
		assertThat(outcome())
			.startsWith("DELIVERED b.elsewhere.example [127.0.0.1]:" + this.other.port() + " 250 2.0.0 ");
		assertThat(this.elsewhere.letter().content()).endsWith("\r\nSubject: hello\r\n\r\n.text\r\n");
		assertThat(this.connections).hasValue(1);
	}

	@Test
	void theMailExchangerOfTheLowestPreferenceIsTheOneThatIsUsed() throws Exception {
		Mailroom worse = new Mailroom();
		this.dns.zone("elsewhere.example 300 MX 20 b.elsewhere.example",
				"elsewhere.example 300 MX 5 a.elsewhere.example", "a.elsewhere.example 300 A 127.0.0.1",
				"b.elsewhere.example 300 A 127.0.0.3");
		try (SmtpServer backup = worse.open()
			.domains("elsewhere.example")
			.address(InetAddress.getByName("127.0.0.3"))
			.port(this.other.port())
			.build()) {
			backup.start();
			startServer(true);
			send("friend@elsewhere.example");
			assertThat(outcome()).startsWith("DELIVERED a.elsewhere.example [127.0.0.1]:");
			assertThat(this.elsewhere.letters()).hasSize(1);
			assertThat(worse.letters()).isEmpty();
			this.other.close();
			this.outcomes.clear();
			send("friend@elsewhere.example");
			assertThat(outcome()).startsWith("DELIVERED b.elsewhere.example [127.0.0.3]:");
			assertThat(worse.letters()).hasSize(1);
		}
	}

	@Test
	void whenAllMailExchangersAreDeadTheMessageWaits() throws Exception {
		this.dns.zone("elsewhere.example 300 MX 10 a.elsewhere.example",
				"elsewhere.example 300 MX 20 b.elsewhere.example", "a.elsewhere.example 300 A 127.0.0.2",
				"b.elsewhere.example 300 A 127.0.0.4");
		startServer(true);
		send("friend@elsewhere.example");
		assertThat(outcome())
			.startsWith("DEFERRED b.elsewhere.example [127.0.0.4]:" + this.other.port() + " 421 4.4.1 Cannot connect");
		assertThat(waiting()).hasSize(1);
		assertThat(this.connections).hasValue(0);
	}

	@Test
	void withoutMailExchangersTheDomainItselfIsUsed() {
		this.dns.zone("elsewhere.example 300 A 127.0.0.1");
		startServer(true);
		send("friend@elsewhere.example");
		assertThat(outcome()).startsWith("DELIVERED elsewhere.example [127.0.0.1]:");
		assertThat(this.elsewhere.letters()).hasSize(1);
	}

	@Test
	void mailForADomainThatTakesNoneIsReturned() throws Exception {
		this.dns.zone("elsewhere.example 300 MX 0 .", "elsewhere.example 300 A 127.0.0.1");
		startServer(true);
		send("friend@elsewhere.example");
		assertReturned("friend@elsewhere.example", "556 5.1.10 The domain elsewhere.example takes no mail (null MX)",
				"5.1.10");
	}

	@Test
	void mailForADomainThatDoesNotExistIsReturned() throws Exception {
		startServer(true);
		send("friend@elsewhere.example");
		assertReturned("friend@elsewhere.example", "550 5.1.2 The domain elsewhere.example does not exist", "5.1.2");
	}

	@Test
	void mailThatTheDnsWouldSendBackToUsIsReturned() throws Exception {
		this.dns.zone("elsewhere.example 300 MX 10 mx.example.com", "mx.example.com 300 A 127.0.0.1");
		startServer(true);
		send("friend@elsewhere.example");
		assertReturned("friend@elsewhere.example",
				"550 5.4.6 Mail for elsewhere.example would come back to this server", "5.4.6");
	}

	@Test
	void mailWaitsWhileTheDnsFailsAndGoesWhenItHasRecovered() throws Exception {
		this.dns.failing("elsewhere.example.", "MX", Rcode.SERVFAIL);
		startServer(true);
		send("friend@elsewhere.example");
		assertThat(outcome()).isEqualTo("DEFERRED null 451 4.4.3 The mail hosts of elsewhere.example could not be "
				+ "looked up: the DNS answered SERVFAIL");
		assertThat(waiting()).hasSize(1);
		assertThat(this.connections).hasValue(0);
		// What the DNS has answered is remembered for a while.
		this.server.close();
		this.outcomes.clear();
		this.dns.failing("elsewhere.example.", "MX", Rcode.NOERROR)
			.zone("elsewhere.example 300 MX 10 a.elsewhere.example", "a.elsewhere.example 300 A 127.0.0.1");
		startServer(true);
		assertThat(this.server.relay().orElseThrow().queue().retryNow(waiting().get(0).id())).isTrue();
		assertThat(outcome()).startsWith("DELIVERED a.elsewhere.example ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "direct.example", "mx.example", "alias.example", "both.example" })
	void aNameOfAPrivateAddressIsNeverConnectedTo(String domain) throws Exception {
		this.dns.zone("direct.example 300 A 127.0.0.1", "mx.example 300 MX 10 direct.example",
				"alias.example 300 CNAME mx.example", "both.example 300 MX 10 direct.example",
				"both.example 300 MX 20 six.example", "six.example 300 AAAA ::ffff:127.0.0.1");
		startServer(false);
		send("friend@" + domain);
		assertReturned("friend@" + domain,
				"550 5.4.4 " + domain + " has only private or reserved addresses, where no mail is sent to", "5.4.4");
	}

	@Test
	void aLiteralOfAPrivateAddressIsNeverConnectedTo() throws Exception {
		startServer(false);
		send("friend@[127.0.0.1]");
		assertReturned("friend@[127.0.0.1]",
				"550 5.4.4 [127.0.0.1] has only private or reserved addresses, where no mail is sent to", "5.4.4");
	}

}
