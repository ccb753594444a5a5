/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.mailio.dns.DnsResolver;
import io.mailio.dns.DnsServer;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.rcpt.DnsblResult.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of lists in the course of time. */
class ListHealthTests {

	private static final String NOBODY = "1.0.0.127.bl.example.";

	private static final String SOMEBODY = "2.0.0.127.bl.example.";

	private final AtomicLong nanoTime = new AtomicLong();

	private DnsServer dns;

	private DnsResolver resolver;

	private ClientLists lists;

	@BeforeEach
	void start() throws Exception {
		this.dns = new DnsServer();
		this.dns.zone("7.2.0.192.bl.example 300 A 127.0.0.4", SOMEBODY + " 300 A 127.0.0.2");
		this.resolver = this.dns.resolver(Duration.ofSeconds(20), this.nanoTime::get);
		this.lists = lists(DnsblZone.of("bl.example"));
	}

	@AfterEach
	void stop() {
		this.resolver.close();
		this.dns.close();
	}

	private ClientLists lists(DnsblZone... zones) {
		return new ClientLists(new DnsblOptions(List.of(zones), 1, OnError.ACCEPT, true), () -> this.resolver,
				Meters.NONE, this.nanoTime::get);
	}

	private Verdict verdict() throws Exception {
		return this.lists.ask(InetAddress.getByName("192.0.2.7"))
			.toCompletableFuture()
			.get(60, TimeUnit.SECONDS)
			.result()
			.verdict();
	}

	private long looks() {
		return this.dns.asked().stream().filter((question) -> question.equals(SOMEBODY + " A")).count();
	}

	private void pass(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

	@Test
	void aListThatNamesEverybodyIsIgnoredUntilALaterLookFindsThatItDoesNot() throws Exception {
		this.dns.zone(NOBODY + " 300 A 127.0.0.2");
		assertThat(verdict()).isEqualTo(Verdict.CLEAN);
		this.dns.remove(NOBODY);
		pass(ListHealth.INTERVAL.minusSeconds(1));
		assertThat(verdict()).isEqualTo(Verdict.CLEAN);
		assertThat(looks()).isOne();
		pass(Duration.ofSeconds(1));
		assertThat(verdict()).isEqualTo(Verdict.LISTED);
		assertThat(looks()).isEqualTo(2);
	}

	@Test
	void aListThatBeginsToNameEverybodyIsIgnoredFromTheNextLookOn() throws Exception {
		assertThat(verdict()).isEqualTo(Verdict.LISTED);
		this.dns.zone(NOBODY + " 300 A 127.0.0.2");
		pass(ListHealth.INTERVAL);
		assertThat(verdict()).isEqualTo(Verdict.CLEAN);
	}

	@Test
	void aLookThatFailsChangesNothing() throws Exception {
		this.dns.zone(NOBODY + " 300 A 127.0.0.2");
		assertThat(verdict()).isEqualTo(Verdict.CLEAN);
		this.dns.failing(NOBODY, "A", Rcode.SERVFAIL);
		pass(ListHealth.INTERVAL);
		assertThat(verdict()).isEqualTo(Verdict.CLEAN);
		assertThat(looks()).isEqualTo(2);
	}

	@Test
	void onlyAnswersThatCountAreHeldAgainstAList() throws Exception {
		this.dns.zone(NOBODY + " 300 A 127.0.0.10");
		this.lists = lists(new DnsblZone("bl.example", 1, List.of(CodeFilter.parse("127.0.0.2-9"))));
		assertThat(verdict()).isEqualTo(Verdict.LISTED);
	}

}
