/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The grammar of paths, RFC 5321 section 4.1.2, as tables. */
class AddressParserTests {

	private static final String LABEL_63 = "x".repeat(63);

	@ParameterizedTest(name = "{0} is {1} (section {2})")
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
	// @formatter:off
			"FROM:<a@b>                            | a@b                        | 4.1.1.2",
			"from:<A.b@Example.COM>                | A.b@Example.COM            | 2.4",
			"FROM:<a%b@c>                          | a%b@c                      | 4.1.2 percent hack kept",
			"FROM:<c!b!a@d>                        | c!b!a@d                    | 4.1.2 bang path kept",
			"FROM:<a+tag@b-c.d>                    | a+tag@b-c.d                | 4.1.2",
			"FROM:<\"a b\"@c>                      | \"a b\"@c                  | 4.1.2 quoted string",
			"FROM:<\"\"@c>                         | \"\"@c                     | 4.1.2 empty quoted string",
			"FROM:<\"a@b>c\"@d>                    | \"a@b>c\"@d                | 4.1.2",
			"FROM:<\"a\\\"b\\\\c\"@d>              | \"a\\\"b\\\\c\"@d          | 4.1.2 quoted pairs",
			"FROM:<\"..\"@d>                       | \"..\"@d                   | 4.1.2",
			"FROM:<a@1.2.3.4>                      | a@1.2.3.4                  | 4.1.2 labels of digits",
			"FROM:<a@x_y.z>                        | a@x_y.z                    | liberal: underscore",
			"FROM:<a@b--c.d>                       | a@b--c.d                   | 4.1.2",
			"FROM:<@r.s,@t:a@b>                    | a@b                        | C source route dropped",
			"FROM:<@r:a@b>                         | a@b                        | 4.1.1.3",
			"FROM: <a@b>                           | a@b                        | liberal: space before",
			"FROM:   a@b                           | a@b                        | liberal: no brackets",
			"FROM:a@b                              | a@b                        | liberal: no brackets",
			"FROM:<a@[1.2.3.4]>                    | a@[1.2.3.4]                | 4.1.3",
			"FROM:<a@[IPv6:2001:db8::1]>           | a@[IPv6:2001:db8::1]       | 4.1.3",
			// @formatter:on
	})
	void readsAPath(String argument, String address, String section) throws Exception {
		assertThat(parse(argument).path()).hasToString(address);
	}

	@Test
	void takesEveryCharacterOfAnAtom() throws Exception {
		assertThat(parse("FROM:<!#$%&'*+-/=?^_`{|}~@b>").path()).hasToString("!#$%&'*+-/=?^_`{|}~@b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "FROM:<>", "FROM: <>", "FROM:<> ", "from:<>\t" })
	void readsTheNullPath(String argument) throws Exception {
		assertThat(parse(argument).path().isNull()).isTrue();
	}

	@ParameterizedTest(name = "{0} is refused (section {1})")
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
	// @formatter:off
			"FROM                                  | 4.1.1.2 no colon",
			"FROM:                                 | 4.1.1.2 no path",
			"FROM:<                                | 4.1.2",
			"FROM:>                                | 4.1.2",
			"FROM:<<>>                             | 4.1.2",
			"FROM:< >                              | 4.1.2",
			"FROM :<a@b>                           | 4.1.1.2 no space before the colon",
			"FORM:<a@b>                            | 4.1.1.2",
			"TO:<a@b>                              | 4.1.1.2",
			"FROM<a@b>                             | 4.1.1.2",
			"FROM=<a@b>                            | 4.1.1.2",
			"FROM:<a@b                             | 4.1.2 bracket missing",
			"FROM:a@b>                             | 4.1.2 bracket missing",
			"FROM:<a@b>>                           | 4.1.2",
			"FROM:<a@b>x                           | 4.1.2",
			"FROM:<a@b>SIZE=1                      | 4.1.1.2 no space before the parameter",
			"FROM:< a@b>                           | 4.1.2",
			"FROM:<a@b >                           | 4.1.2",
			"FROM:<a b@c>                          | 4.1.2 space needs quotes",
			"FROM:<a>                              | 4.1.2 domain missing",
			"FROM:a                                | 4.1.2 domain missing",
			"FROM:<Postmaster>                     | 4.5.1 for RCPT only",
			"FROM:<a@>                             | 4.1.2",
			"FROM:<@b>                             | 4.1.2",
			"FROM:<@>                              | 4.1.2",
			"FROM:<a@@b>                           | 4.1.2",
			"FROM:<a@b@c>                          | 4.1.2",
			"FROM:<.a@b>                           | 4.1.2 dot string",
			"FROM:<a.@b>                           | 4.1.2 dot string",
			"FROM:<a..b@c>                         | 4.1.2 dot string",
			"FROM:<a@.b>                           | 4.1.2 domain",
			"FROM:<a@b.>                           | 4.1.2 domain",
			"FROM:<a@b..c>                         | 4.1.2 domain",
			"FROM:<a@-b>                           | 4.1.2 Let-dig first",
			"FROM:<a@b->                           | 4.1.2 Let-dig last",
			"FROM:<a@b.-c.d>                       | 4.1.2 Let-dig first",
			"FROM:<a@b-.c>                         | 4.1.2 Let-dig last",
			"FROM:<a@b/c>                          | 4.1.2",
			"FROM:<a@b,c@d>                        | 4.1.2",
			"FROM:<a,b@c>                          | 4.1.2",
			"FROM:<a:b@c>                          | 4.1.2",
			"FROM:<a;b@c>                          | 4.1.2",
			"FROM:<(c)a@b>                         | 4.1.2 no comments",
			"FROM:<a\\b@c>                         | 4.1.2 quoted pair needs quotes",
			"FROM:<\"a@b>                          | 4.1.2 quote missing",
			"FROM:<\"a\\\"@b>                      | 4.1.2 quote missing",
			"FROM:<\"a\"b@c>                       | 4.1.2",
			"FROM:<a\"b\"@c>                       | 4.1.2",
			"FROM:<\"a\".\"b\"@c>                  | 4.1.2",
			"FROM:<\"a\\                           | 4.1.2",
			"FROM:<@r>                             | C",
			"FROM:<@r:>                            | C",
			"FROM:<@r,a@b>                         | C",
			"FROM:<@r,:a@b>                        | C",
			"FROM:<@r a@b>                         | C",
			"FROM:<@[1.2.3.4]:a@b>                 | C Domain only",
			"FROM:@r:a@b                           | C",
			"FROM:<a@[1.2.3.4>                     | 4.1.3",
			"FROM:<a@1.2.3.4]>                     | 4.1.3",
			"FROM:<a@[1.2.3.4].com>                | 4.1.3",
			"FROM:<a@[1.2.3.4]x>                   | 4.1.3",
			"FROM:Name <a@b>                       | 4.1.2",
			// @formatter:on
	})
	void refusesAMalformedPath(String argument, String section) {
		assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> parse(argument));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00e4", "\u00ff", "\u0130", "\u212a", "\uff10" })
	void takesNothingButAsciiInLiteralsAndBetweenWords(String foreign) {
		for (String path : new String[] { "<a@[1.2.3.%s4]>", "<a@[IPv6:%s::]>", "<a@[%s]>", "%s<a@b>", "<a@b>%sx",
				"<a@b>%sSIZE=1", "<a@b%s" }) {
			String argument = "FROM:" + path.formatted(foreign);
			assertThatExceptionOfType(AddressSyntaxException.class).as(argument).isThrownBy(() -> parse(argument));
		}
		assertThatExceptionOfType(ParameterException.class).isThrownBy(() -> parse("FROM:<a@b> S" + foreign + "=1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\t", "\0", "\u0001", "\u001f", "\u007f", "\u0080", "\r", "\n" })
	void refusesWhatIsNotVisibleAnywhere(String foreign) {
		for (String path : new String[] { "<a%sb@c>", "<%s@c>", "<\"a%sb\"@c>", "<\"\\%s\"@c>", "<a@b%sc>", "<a@b>%sx",
				"<a@[1.2.3.%s4]>", "<a@[IPv6:%s::]>", "<@r%s:a@b>", "%s<a@b>", "<a@b>%sSIZE=1", "a@b%sc" }) {
			String argument = "FROM:" + path.formatted(foreign);
			assertThatExceptionOfType(AddressSyntaxException.class).as(argument).isThrownBy(() -> parse(argument));
		}
		for (String parameter : new String[] { "SIZE%s=1", "SIZE=1%s2" }) {
			String argument = "FROM:<a@b> " + parameter.formatted(foreign);
			assertThatExceptionOfType(ParameterException.class).as(argument).isThrownBy(() -> parse(argument));
		}
	}

	/** RFC 6531 section 3.3: more than US-ASCII, but nothing that cannot be seen. */
	@ParameterizedTest
	@ValueSource(strings = { "\u00e4@b", "\"\u00e4 \u00f6\"@b", "\ud83d\udce8@b", "\u0645\u200c\u0646@b",
			"a@b\u00fccher.b", "a@B\u00dcCHER.b", "\u7528\u6237@\u4f8b\u5b50.\u6d4b\u8bd5", "a@bu\u0308cher.b" })
	void takesInternationalisedAddresses(String address) throws Exception {
		assertThat(parse("FROM:<" + address + ">").path()).hasToString(address);
		assertThat(Mailbox.of(address).isAscii()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0085@b", "\u00a0@b", "a\u3000b@c", "\"a\u2028b\"@c", "a\u202eb@c", "\ufeffa@b",
			"a\u200fb@c", "a\u00adb@c", "a@b\u3002c", "a@\uff42", "a@-\u00fc", "a@\u00fc-", "a@ab--\u00fc", "a@\u0308u",
			"a@\u2764", "a@\ufb01", "a@b\u200b", "a@\u200d\u00fc", "a@\u00fc\u0000b", "a@b_\u00fc", "a@\u212a" })
	void refusesWhatCannotBeSeenOrIsNoName(String address) {
		assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> parse("FROM:<" + address + ">"));
	}

	/** Sections 4.5.3.1.1 to 4.5.3.1.3: octets, not characters. */
	@Test
	void countsOctetsOfUtf8() throws Exception {
		assertThat(parse("FROM:<" + "\u00e4".repeat(32) + "@b>").path()).isNotNull();
		assertThat(parse("FROM:<" + "\ud83d\udce8".repeat(16) + "@b>").path()).isNotNull();
		for (String local : new String[] { "\u00e4".repeat(32) + "a", "\u20ac".repeat(22),
				"\ud83d\udce8".repeat(16) + "a" }) {
			assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> parse("FROM:<" + local + "@b>"))
				.withMessageContaining("64 octets");
		}
		assertThatExceptionOfType(AddressSyntaxException.class)
			.isThrownBy(() -> parse("FROM:<a@" + "\u00fc".repeat(64) + ">"));
	}

	/** Section 4.1.1. */
	@ParameterizedTest
	@ValueSource(strings = { " ", "   ", "\t", " \t " })
	void toleratesWhiteSpaceAtTheEnd(String space) throws Exception {
		assertThat(parse("FROM:<a@b>" + space).path()).hasToString("a@b");
		assertThat(parse("FROM:a@b" + space).path()).hasToString("a@b");
		assertThat(parse("FROM:<a@b> SIZE=1" + space).parameters().value("SIZE")).contains("1");
	}

	/** Section 4.5.1. */
	@ParameterizedTest
	@ValueSource(strings = { "<Postmaster>", "<postmaster>", "<POSTMASTER>", " <postMaster>" })
	void givesPostmasterADomain(String path) throws Exception {
		Mailbox postmaster = AddressParser.pathArgument("TO", "TO:" + path, "example.com")
			.path()
			.mailbox()
			.orElseThrow();
		assertThat(postmaster.domain()).isEqualTo("example.com");
		assertThat(postmaster.localPart()).isEqualToIgnoringCase("postmaster")
			.isIn(path.strip().replaceAll("[<>]", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "<postmaster2>", "<post>", "<\"postmaster\">", "<@r:>", "postmaster>" })
	void givesNobodyElseADomain(String path) {
		assertThatExceptionOfType(AddressSyntaxException.class)
			.isThrownBy(() -> AddressParser.pathArgument("TO", "TO:" + path, "example.com"));
	}

	static Stream<String> longest() {
		return Stream.of("<" + "x".repeat(64) + "@b>", "<\"" + "x".repeat(62) + "\"@b>", "<a@" + LABEL_63 + ".com>",
				"<a@" + domain(252) + ">", "<" + "x".repeat(64) + "@" + domain(189) + ">",
				"<@" + domain(100) + ":a@" + domain(150) + ">", "a@" + domain(252));
	}

	@ParameterizedTest
	@MethodSource("longest")
	void takesWhatIsAtItsLimit(String path) throws Exception {
		assertThat(parse("FROM:" + path).path().mailbox()).isPresent();
	}

	static Stream<String> tooLong() {
		return Stream.of("<" + "x".repeat(65) + "@b>", "<\"" + "x".repeat(63) + "\"@b>", "<a@" + LABEL_63 + "x.com>",
				"<a@b." + LABEL_63 + "x>", "<a@" + domain(253) + ">", "<" + "x".repeat(64) + "@" + domain(190) + ">",
				"<@" + domain(100) + ":a@" + domain(151) + ">", "a@" + domain(253));
	}

	@ParameterizedTest
	@MethodSource("tooLong")
	void refusesWhatIsOverItsLimit(String path) {
		assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> parse("FROM:" + path));
	}

	/** Section 4.5.3.1.2. */
	@Test
	void limitsADomainTo255Octets() {
		assertThat(AddressParser.isDomain(domain(255))).isTrue();
		assertThat(AddressParser.isDomain(domain(256))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[0.0.0.0]", "[255.255.255.255]", "[127.0.0.1]", "[010.001.000.09]", "[IPv6:::]",
			"[IPv6:::1]", "[ipv6:1::]", "[IPV6:1:2:3:4:5:6:7:8]", "[IPv6:FFFF:abcd::0001]", "[IPv6:1:2:3:4:5:6::]",
			"[IPv6:::3:4:5:6:7:8]", "[IPv6:1:2:3::6:7:8]", "[IPv6:1:2:3:4:5:6:1.2.3.4]", "[IPv6:::1.2.3.4]",
			"[IPv6:::ffff:192.0.2.1]", "[IPv6:1:2:3:4::192.0.2.1]" })
	void takesAnAddressLiteral(String literal) throws Exception {
		assertThat(AddressParser.isDomain(literal)).isTrue();
		assertThat(AddressParser.mailbox("a@" + literal).domain()).isEqualTo(literal);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "[1.2.3]", "[1.2.3.4.5]", "[256.1.1.1]", "[1.2.3.256]", "[0001.2.3.4]", "[1..2.3]",
			"[1.2.3.]", "[.1.2.3]", "[1.2.3.a]", "[-1.2.3.4]", "[+1.2.3.4]", "[ 1.2.3.4]", "[1.2.3.4 ]", "[1.2.3.4",
			"1.2.3.4]", "[[1.2.3.4]]", "[::1]", "[IPv6]", "[IPv6:]", "[IPv6::]", "[IPv6:1]", "[IPv6::1]",
			"[IPv6:1:2:3:4:5:6:7]", "[IPv6:1:2:3:4:5:6:7:8:9]", "[IPv6:1:2:3:4:5:6:7::]", "[IPv6:::2:3:4:5:6:7:8]",
			"[IPv6:1:2:3:4::5:6:7:8]", "[IPv6:1::2::3]", "[IPv6::::]", "[IPv6:12345::]", "[IPv6:g::]", "[IPv6:1:::2]",
			"[IPv6:1.2.3.4]", "[IPv6:1.2.3.4::]", "[IPv6:1:2:3:4:5:6:7:1.2.3.4]", "[IPv6:1:2:3:4:5:1.2.3.4]",
			"[IPv6:::1.2.3]", "[IPv6:::1.2.3.400]", "[IPv6:1:2:3:4:5::1.2.3.4]", "[IPv6:fe80::1%eth0]", "[x:y]",
			"[example.com]", "[IPv4:1.2.3.4]" })
	void refusesABadAddressLiteral(String literal) {
		assertThat(AddressParser.isDomain(literal)).isFalse();
		assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> AddressParser.mailbox("a@" + literal));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "<a@b>", "a@b ", " a@b", "a@b>", "a", "a@b c" })
	void refusesWhatIsMoreOrLessThanAMailbox(String text) {
		assertThatExceptionOfType(AddressSyntaxException.class).isThrownBy(() -> AddressParser.mailbox(text));
		assertThat(AddressParser.isDomain("")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "FROM:<Zq7@Zq7..x>", "FROM:<Zq7", "FROM:<Zq7 Zq7@x>", "FROM:<\"Zq7@x>", "FROM:<a@[Zq7]>",
			"Zq7:<a@b>", "FROM:<a@b> Zq7=", "FROM:<a@b> Zq7 Zq7", "FROM:<@Zq7>", "FROM:<a@b>Zq7", "FROM:<Zq7>" })
	void neverRepeatsWhatTheClientSent(String argument) {
		Exception refusal = catchThrowableOfType(Exception.class, () -> parse(argument));
		assertThat(refusal).isNotNull();
		assertThat(refusal.getMessage()).isNotBlank().doesNotContainIgnoringCase("Zq7");
		assertThat(Replies.badSender(refusal.getMessage()).code()).isEqualTo(501);
	}

	private static PathArgument parse(String argument) throws Exception {
		return AddressParser.pathArgument("FROM", argument, "");
	}

	/** A domain of exactly so many octets. */
	private static String domain(int length) {
		StringBuilder domain = new StringBuilder();
		while (length - domain.length() > 64) {
			domain.append("x".repeat(62)).append('.');
		}
		int rest = length - domain.length();
		return (rest == 64) ? domain + "x".repeat(31) + "." + "x".repeat(32) : domain + "x".repeat(rest);
	}

}
