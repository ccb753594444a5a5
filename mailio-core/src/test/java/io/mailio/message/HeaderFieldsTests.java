/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderFieldsTests {

	private static Headers read(String message) throws IOException {
		return HeaderFields.read(new ByteArrayInputStream(message.getBytes(StandardCharsets.ISO_8859_1)));
	}

	@Test
	void namesAreFoundInAnyCaseAndOrderIsKept() throws Exception {
		Headers headers = read("Received: one\r\nSubject: Hello \r\nreceived:two\r\n\r\nSubject: body\r\n");
		assertThat(headers.first("SUBJECT")).hasValue("Hello");
		assertThat(headers.all("received")).containsExactly("one", "two");
		assertThat(headers.names()).containsExactly("Received", "Subject", "received");
		assertThat(headers.first("From")).isEmpty();
		assertThat(headers.all("From")).isEmpty();
	}

	@Test
	void foldedValuesAreUnfolded() throws Exception {
		Headers headers = read("Subject:\r\n a\r\n\tb  c\r\n  \r\nTo: d\r\n\r\n");
		assertThat(headers.first("Subject")).hasValue("a\tb  c");
		assertThat(headers.first("To")).hasValue("d");
	}

	@Test
	void everySplitOfTheReadsGivesTheSameFields() throws Exception {
		byte[] message = "A: 1\r\nB: 2\r\n 3\r\n\r\nC: body\r\n".getBytes(StandardCharsets.US_ASCII);
		for (int split = 0; split <= message.length; split++) {
			InputStream in = new PrefixedStream(Arrays.copyOf(message, split),
					new OneByOne(Arrays.copyOfRange(message, split, message.length)));
			Headers headers = HeaderFields.read(in);
			assertThat(headers.names()).as("split %d", split).containsExactly("A", "B");
			assertThat(headers.first("B")).hasValue("2 3");
		}
	}

	@Test
	void aMessageWithoutBodyOrWithoutHeaderIsRead() throws Exception {
		assertThat(read("Subject: x").first("subject")).hasValue("x");
		assertThat(read("Subject: x\r\n").first("subject")).hasValue("x");
		assertThat(read("\r\nSubject: x\r\n").names()).isEmpty();
		assertThat(read("\nSubject: x\r\n").names()).isEmpty();
		assertThat(read("").names()).isEmpty();
		assertThat(read("Subject:\r\n\r\n").first("subject")).hasValue("");
	}

	@Test
	void linesThatAreNoFieldArePassedOver() throws Exception {
		Headers headers = read(" folded at the start\r\nno colon\r\n: no name\r\nwith space: x\r\n"
				+ "b\u0000d: x\r\nGood : y\r\n\r\n");
		assertThat(headers.names()).containsExactly("Good");
		assertThat(headers.first("good")).hasValue("y");
	}

	@Test
	void valuesAreUtf8OrElseLatin1() throws Exception {
		byte[] message = "A: caf\u00e9 \u4f60\r\n".getBytes(StandardCharsets.UTF_8);
		assertThat(HeaderFields.read(new ByteArrayInputStream(message)).first("A")).hasValue("caf\u00e9 \u4f60");
		assertThat(read("A: caf\u00e9\r\n").first("A")).hasValue("caf\u00e9");
	}

	@Test
	void aValueNeverHoldsALineEnd() throws Exception {
		assertThat(read("A: b\rc\r\n\td\r\n\r\n").first("A")).hasValue("bc\td");
	}

	@Test
	void anEndlessHeaderSectionIsReadUpToTheLimitOnly() throws Exception {
		Endless endless = new Endless("A: b\r\n");
		Headers headers = HeaderFields.read(endless);
		assertThat(endless.count).isLessThanOrEqualTo(HeaderSection.MAX_OCTETS);
		assertThat(headers.names()).hasSize(HeaderSection.MAX_FIELDS);
		Endless oneField = new Endless("x");
		assertThat(HeaderFields.read(new PrefixedStream("A: b\r\nC: ".getBytes(), oneField)).names())
			.containsExactly("A");
		assertThat(oneField.count).isLessThanOrEqualTo(HeaderSection.MAX_OCTETS);
	}

	private static final class OneByOne extends ByteArrayInputStream {

		OneByOne(byte[] octets) {
			super(octets);
		}

		@Override
		public int read(byte[] octets, int offset, int length) {
			return super.read(octets, offset, Math.min(1, length));
		}

	}

	private static final class Endless extends InputStream {

		private final String text;

		private int count;

		Endless(String text) {
			this.text = text;
		}

		@Override
		public int read() {
			return this.text.charAt(this.count++ % this.text.length());
		}

	}

}
