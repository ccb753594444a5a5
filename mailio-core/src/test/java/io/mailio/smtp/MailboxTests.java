/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MailboxTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "a@b|a@b", "a@Example.COM|a@example.com", "\"a\"@b|a@b",
			"\"\\a\"@b|a@b", "\"a b\"@c|\"a\\ b\"@c", "a@[IPv6:ABCD::]|a@[ipv6:abcd::]" })
	void areEqualHoweverTheyAreQuotedOrTheirDomainIsWritten(String one, String other) {
		assertThat(Mailbox.of(one)).isEqualTo(Mailbox.of(other)).hasSameHashCodeAs(Mailbox.of(other));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "a@b|A@b", "a@b|a@c", "\"a b\"@c|\"a  b\"@c", "a@b|ab@b" })
	void differInTheCaseOfTheLocalPart(String one, String other) {
		assertThat(Mailbox.of(one)).isNotEqualTo(Mailbox.of(other));
	}

	@ParameterizedTest
	@CsvSource({ "a@b\u00fccher.example, a@xn--bcher-kva.example", "a@B\u00dcCHER.Example, a@XN--BCHER-KVA.example",
			"a@bu\u0308cher.example, a@b\u00fccher.example", "j\u00f6rg@b, jo\u0308rg@B",
			"\"j\u00f6rg\"@xn--bcher-kva.b, jo\u0308rg@b\u00fccher.b" })
	void areEqualHoweverTheirCharactersAreWritten(String one, String other) {
		assertThat(Mailbox.of(one)).isEqualTo(Mailbox.of(other)).hasSameHashCodeAs(Mailbox.of(other));
		assertThat(Mailbox.of(other)).isEqualTo(Mailbox.of(one));
	}

	@ParameterizedTest
	@CsvSource({ "J\u00d6RG@b, j\u00f6rg@b", "JO\u0308RG@B\u00fccher.b, j\u00f6rg@xn--bcher-kva.b",
			"\"John\"@B, john@b" })
	void areFoldedWithoutRegardToCase(String one, String other) {
		assertThat(Mailbox.of(one).folded()).isEqualTo(Mailbox.of(other).folded());
	}

	/** Without a dot: to upper case it would be the same letter. */
	@Test
	void areNotFoldedToWhatOnlyLooksAlike() {
		assertThat(Mailbox.of("j\u0131m@b").folded()).isNotEqualTo(Mailbox.of("jim@b").folded());
	}

	@ParameterizedTest
	@CsvSource({ "j\u00f6rg@b, jorg@b", "a@\u0435xample.com, a@example.com", "a@stra\u00dfe.b, a@strasse.b",
			"\u0430@b, a@b" })
	void differIfTheyOnlyLookAlike(String one, String other) {
		assertThat(Mailbox.of(one)).isNotEqualTo(Mailbox.of(other));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "john@b|john", "\"john\"@b|john",
			"\"john doe\"@b|john doe", "\"a\\\"b\"@c|a\"b", "\"a\\\\b\"@c|a\\b", "\"../x\"@c|../x" })
	void haveANameWithoutQuotes(String address, String name) {
		assertThat(Mailbox.of(address).localName()).isEqualTo(name);
	}

	@Test
	void mayHaveAnEmptyName() {
		assertThat(Mailbox.of("\"\"@b").localName()).isEmpty();
	}

	@Test
	void keepWhatWasSent() {
		Mailbox mailbox = Mailbox.of("\"John Doe\"@Example.COM");
		assertThat(mailbox.localPart()).isEqualTo("\"John Doe\"");
		assertThat(mailbox.domain()).isEqualTo("Example.COM");
		assertThat(mailbox).hasToString("\"John Doe\"@Example.COM");
	}

	@Test
	void areNotMadeOfAnythingElse() {
		assertThatIllegalArgumentException().isThrownBy(() -> Mailbox.of("Zq7 at b"))
			.withMessageStartingWith("Not a mail address")
			.withMessageNotContaining("Zq7");
	}

	@Test
	void areListedOnceInAnEnvelope() {
		Envelope envelope = Envelope.of(ReversePath.NULL, Mailbox.of("a@b"), Mailbox.of("a@B"), Mailbox.of("c@d"));
		assertThat(envelope.to()).isEqualTo(List.of(Mailbox.of("a@b"), Mailbox.of("c@d")));
		assertThat(envelope.recipients()).extracting(Recipient::parameters).containsOnly(Parameters.NONE);
	}

	@Test
	void makeAReversePath() {
		ReversePath path = ReversePath.of(Mailbox.of("a@B"));
		assertThat(path).isEqualTo(ReversePath.of(Mailbox.of("a@b"))).isNotEqualTo(ReversePath.NULL).hasToString("a@B");
		assertThat(path.isNull()).isFalse();
		assertThat(path.mailbox()).contains(Mailbox.of("a@b"));
		assertThat(ReversePath.NULL.isNull()).isTrue();
		assertThat(ReversePath.NULL.mailbox()).isEmpty();
		assertThat(ReversePath.NULL).hasToString("");
	}

}
