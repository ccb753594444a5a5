/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RoutingRuleTests {

	@ParameterizedTest
	@CsvSource({ "*,example.org,true", "*,'',true", "*,[192.0.2.1],true", "example.org,example.org,true",
			"Example.ORG,example.org,true", "example.org,a.example.org,false", "example.org,'',false",
			"*.example.org,a.example.org,true", "*.example.org,a.b.example.org,true", "*.example.org,example.org,false",
			"*.example.org,badexample.org,false", "b\u00fccher.example,xn--bcher-kva.example,true",
			"*.b\u00fccher.example,a.xn--bcher-kva.example,true" })
	void aPatternMeansADomainThoseBelowItOrAll(String pattern, String domain, boolean matches) {
		assertThat(new DomainPattern(pattern).matches(domain)).isEqualTo(matches);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*.", "**", "a.*", "*.*", "a b", ".example.org", "@example.org", "[192.0.2.1]" })
	void whatIsNoPatternIsRefusedWithAnExplanation(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> new RoutingRule(pattern, "*", Optional.empty()))
			.withMessageContaining("'" + pattern + "'")
			.withMessageContaining("*.domain");
		assertThatIllegalArgumentException().isThrownBy(() -> new RoutingRule("*", pattern, Optional.empty()));
	}

	@ParameterizedTest
	@CsvSource({ "relay.example.net,587,[relay.example.net]:587", "RELAY.example.net,25,[relay.example.net]:25",
			"mail_relay,25,[mail_relay]:25", "192.0.2.1,2525,[192.0.2.1]:2525", "2001:db8::1,25,[2001:db8::1]:25",
			"b\u00fccher.example,25,[xn--bcher-kva.example]:25" })
	void aSmartHostIsADestinationOfItsOwn(String host, int port, String destination) {
		assertThat(new SmartHost(host, port).destination()).isEqualTo(destination);
		assertThat(Destination.parse(destination))
			.isEqualTo(new Destination.Host(new SmartHost(host, port).host(), port));
	}

	@ParameterizedTest
	@CsvSource({ "'',25", "a b,25", "[192.0.2.1],25", "smtp://relay.example.net,25", "relay.example.net:25,25" })
	void whatIsNoHostIsRefusedWithAnExplanation(String host, int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SmartHost(host, port))
			.withMessageContaining("relay.example.net");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 65_536 })
	void portsHaveTheirRange(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SmartHost("a.example", port));
		RoutingOptions options = RoutingOptions.defaults();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RoutingOptions(options.rules(), port, false, AddressOrder.AUTO, 1, 1));
	}

	@Test
	void whereNothingIsTriedNothingIsSent() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> new RoutingOptions(RoutingOptions.defaults().rules(), 25, false, AddressOrder.AUTO, 0, 1));
		assertThatIllegalArgumentException().isThrownBy(
				() -> new RoutingOptions(RoutingOptions.defaults().rules(), 25, false, AddressOrder.AUTO, 1, 0));
	}

}
