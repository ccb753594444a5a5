/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the parameters of RFC 3461 mean; which are refused, stands in a transcript. */
class DsnTests {

	private static Recipient recipient(String parameters) throws ParameterException {
		return new Recipient(Mailbox.of("a@b"), Parameters.parse(parameters));
	}

	private static Envelope envelope(String parameters) throws ParameterException {
		return new Envelope(ReversePath.NULL, Parameters.parse(parameters), List.of());
	}

	@Test
	void anEnvelopeSaysWhatTheSenderHasSaid() throws Exception {
		Envelope envelope = envelope("RET=hdrs ENVID=QQ+2B+3D+20x REQUIRETLS SMTPUTF8");
		assertThat(envelope.envelopeId()).hasValue("QQ+= x");
		assertThat(envelope.dsnReturn()).hasValue(DsnReturn.HDRS);
		assertThat(envelope.requiresTls()).isTrue();
		assertThat(envelope.isInternational()).isTrue();
		assertThat(envelope("RET=Full").dsnReturn()).hasValue(DsnReturn.FULL);
		Envelope silent = envelope("");
		assertThat(silent.envelopeId()).isEmpty();
		assertThat(silent.dsnReturn()).isEmpty();
		assertThat(silent.requiresTls()).isFalse();
		assertThat(silent.isInternational()).isFalse();
	}

	@Test
	void aRecipientSaysWhenToNotify() throws Exception {
		assertThat(recipient("NOTIFY=never").notifications()).containsExactly(DsnNotify.NEVER);
		assertThat(recipient("NOTIFY=DELAY,Success,delay").notifications())
			.isEqualTo(Set.of(DsnNotify.SUCCESS, DsnNotify.DELAY));
		assertThat(recipient("").notifications()).isEmpty();
	}

	@Test
	void aRecipientNamesTheOriginalOne() throws Exception {
		assertThat(recipient("ORCPT=rfc822;Bob+2B1@b").originalRecipient())
			.hasValue(new OriginalRecipient("rfc822", "Bob+1@b"));
		assertThat(recipient("ORCPT=UTF-8;j\\x{F6}rg\\x{2B}\\x{1F4E8}@b").originalRecipient())
			.hasValue(new OriginalRecipient("UTF-8", "j\u00f6rg+\ud83d\udce8@b"));
		assertThat(recipient("ORCPT=utf-8;j\u00f6rg@b").originalRecipient())
			.hasValue(new OriginalRecipient("utf-8", "j\u00f6rg@b"));
		assertThat(recipient("").originalRecipient()).isEmpty();
	}

	@Test
	void xtextThatWasWrittenCanBeRead() {
		long seed = System.nanoTime();
		System.out.println("DsnTests seed " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < 2000; round++) {
			StringBuilder text = new StringBuilder();
			for (int i = random.nextInt(20); i >= 0; i--) {
				text.append((char) (' ' + random.nextInt(0x7f - ' ')));
			}
			String value = Xtext.encode(text.toString());
			assertThat(value).as("seed %d", seed).matches("[!-*,-<>-~]*(\\+[0-9A-F]{2}[!-*,-<>-~]*)*");
			assertThat(Xtext.decode(value)).as("seed %d", seed).hasValue(text.toString());
		}
	}

}
