/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.plugin.OnError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Which answers of which lists count, and what cannot be configured. */
class DnsblOptionsTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.2, 127.0.0.2, true", "127.0.0.2, 127.0.0.3, false", "127.0.0.2-11, 127.0.0.2, true",
			"127.0.0.2-11, 127.0.0.11, true", "127.0.0.2-11, 127.0.0.12, false", "127.0.0.2-11, 127.0.0.1, false",
			"127.0.*.1-3, 127.0.255.3, true", "127.0.*.1-3, 127.0.7.0, false", "127.0.*.1-3, 127.1.7.1, false",
			"127.0.*.1-3, 127.0.0.255, false", "127.*.*.*, 127.0.0.1, true" })
	void codesAreNumbersRangesAndAsterisks(String filter, String code, boolean counts) throws Exception {
		assertThat(CodeFilter.parse(filter).matches(InetAddress.getByName(code).getAddress())).isEqualTo(counts);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "127.0.0", "127.0.0.2.3", "127.0.0.256", "127.0.0.3-2", "127.0.0.-2", "127.0.0.2-",
			"127.0.0.[2..11]", "127.0.0.x", "127.0.0.99999999999", "127.0.0.1-2-3" })
	void whatIsNoCodeIsRefusedWithHowToWriteIt(String filter) {
		assertThatIllegalArgumentException().isThrownBy(() -> CodeFilter.parse(filter))
			.withMessage("'" + filter + "' must be four numbers, ranges or asterisks with dots between,"
					+ " for example 127.0.0.2, 127.0.0.2-11 or 127.0.*.1-3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "*.0.0.2", "126-128.0.0.1" })
	void whatNoListAnswersIsRefused(String filter) {
		assertThatIllegalArgumentException().isThrownBy(() -> CodeFilter.parse(filter))
			.withMessageContaining("codes begin with 127");
	}

	@Test
	void withoutCodesEveryAnswerCountsButTheOneByWhichListsRefuse() throws Exception {
		DnsblZone zone = DnsblZone.of(" BL.example. ");
		assertThat(zone.name()).isEqualTo("bl.example");
		assertThat(zone.counts(InetAddress.getByName("127.0.0.1").getAddress())).isFalse();
		assertThat(zone.counts(InetAddress.getByName("127.0.0.2").getAddress())).isTrue();
		assertThat(zone.counts(InetAddress.getByName("127.1.0.1").getAddress())).isTrue();
		DnsblZone wanted = new DnsblZone("bl.example", 1, List.of(CodeFilter.parse("127.0.0.1")));
		assertThat(wanted.counts(InetAddress.getByName("127.0.0.1").getAddress())).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "localhost", "no list", "-bl.example", "[192.0.2.1]", "192.0.2.1", ".",
			"b\u00fccher.example" })
	void whatIsNoDomainIsNoList(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> DnsblZone.of(name))
			.withMessageContaining("must be the domain of a list, for example zen.spamhaus.org");
	}

	@Test
	void aNameMustLeaveRoomForAnAddressOfIpv6() {
		String label = "x".repeat(60) + ".";
		assertThat(DnsblZone.of(label.repeat(3) + "org").name()).hasSize(186);
		assertThatIllegalArgumentException().isThrownBy(() -> DnsblZone.of(label.repeat(3) + "example.org"));
	}

	@ParameterizedTest
	@CsvSource({ "0", "1001", "-1001" })
	void aWeightThatCountsNothingOrEverythingIsRefused(int weight) {
		assertThatIllegalArgumentException().isThrownBy(() -> new DnsblZone("bl.example", weight, List.of()));
	}

	@Test
	void aThresholdThatNobodyCanReachIsRefused() {
		List<DnsblZone> zones = List.of(new DnsblZone("a.example", 2, List.of()), DnsblZone.of("b.example"),
				new DnsblZone("wl.example", -9, List.of()));
		assertThat(new DnsblOptions(zones, 3, OnError.ACCEPT, true).threshold()).isEqualTo(3);
		assertThatIllegalArgumentException().isThrownBy(() -> new DnsblOptions(zones, 4, OnError.ACCEPT, true))
			.withMessage("The threshold must be between 1 and 3, which is what the weights of the lists add up to,"
					+ " not 4");
		assertThatIllegalArgumentException().isThrownBy(() -> new DnsblOptions(zones, 0, OnError.ACCEPT, true));
		assertThatIllegalArgumentException().isThrownBy(() -> new DnsblOptions(List.of(), 1, OnError.ACCEPT, true));
	}

	@Test
	void eachListIsToldOfOnceInTenMinutes() {
		AtomicLong now = new AtomicLong(-5);
		ListTroubles troubles = new ListTroubles(now::get);
		try (LogWatch log = LogWatch.of(Dnsbl.class.getName(), Level.INFO)) {
			troubles.failed("a.example", "x");
			troubles.refused("a.example", "127.255.255.254");
			troubles.refused("b.example", "127.255.255.254");
			now.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
			troubles.failed("a.example", "x");
			assertThat(log.lines()).hasSize(2);
			now.addAndGet(1);
			troubles.failed("a.example", "x");
			assertThat(log.lines()).hasSize(3);
		}
	}

}
