/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DomainNamesTests {

	@ParameterizedTest
	@CsvSource({ "Example.COM, example.com", "[IPv6:ABCD::], [ipv6:abcd::]",
			"b\u00fccher.example, xn--bcher-kva.example", "B\u00dcCHER.Example, xn--bcher-kva.example",
			"xn--BCHER-kva.example, xn--bcher-kva.example",
			"m\u00fcnchen.b\u00fccher.de, xn--mnchen-3ya.xn--bcher-kva.de", "fa\u00df.de, xn--fa-hia.de",
			"\u4f8b\u5b50.\u6d4b\u8bd5, xn--fsqu00a.xn--0zwm56d",
			"\u0645\u062b\u0627\u0644.\u0625\u062e\u062a\u0628\u0627\u0631, xn--mgbh0fb.xn--kgbechtv",
			"\u03c0\u03b1\u03c1\u03ac\u03b4\u03b5\u03b9\u03b3\u03bc\u03b1.\u03b4\u03bf\u03ba\u03b9\u03bc\u03ae, xn--hxajbheg2az3al.xn--jxalpdlp" })
	void areWrittenWithALabels(String domain, String ascii) {
		assertThat(DomainNames.toAscii(domain)).isEqualTo(ascii);
	}

	@Test
	void thatOnlyLookAlikeAreDifferent() {
		assertThat(DomainNames.toAscii("\u0435xample.com")).isEqualTo("xn--xample-2of.com");
		assertThat(DomainNames.toAscii("stra\u00dfe.de")).isNotEqualTo("strasse.de");
	}

	@Test
	void thatAreNoneEqualNoOther() {
		assertThat(DomainNames.toAscii("\uff45xample.com")).isEqualTo("\uff45xample.com");
		assertThat(DomainNames.toAscii("example\u3002com")).isEqualTo("example\u3002com");
		assertThat(DomainNames.toAscii("\u00fc".repeat(64))).isEqualTo("\u00fc".repeat(64));
	}

	/** RFC 3492 section 7.1. */
	@ParameterizedTest
	@CsvSource({ "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587, ihqwcrb4cv8a8dqg056pqjye",
			"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f, 3b-ww4c5e180e575a65lsy2b",
			"\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067, d9juau41awczczp",
			"\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0, de-jg4avhby1noc0d", "\ud83d\udce8, eu8h" })
	void areEncodedAsInTheStandard(String label, String encoded) {
		assertThat(Punycode.encode(label.codePoints().toArray())).isEqualTo(encoded);
	}

}
