/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderSectionTests {

	private static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static HeaderSection section(String text) {
		return HeaderSection.of(octets(text), text.length());
	}

	@Test
	void eachFieldHasItsPlaceNameAndSize() {
		HeaderSection section = section("Received: a\r\n b\r\nno field\r\nSUBJECT : x\r\n\r\nTo: body\r\n");
		assertThat(section.count()).isEqualTo(3);
		assertThat(section.isComplete()).isTrue();
		assertThat(section.isNamed(0, "received")).isTrue();
		assertThat(section.isNamed(0, "Receive")).isFalse();
		assertThat(section.isNamed(0, "Received-SPF")).isFalse();
		assertThat(section.isNamedLike(0, "Rec")).isTrue();
		assertThat(section.isNamedLike(0, "Received:")).isFalse();
		assertThat(section.value(0)).isEqualTo("a b");
		assertThat(section.size(0)).isEqualTo("Received: a\r\n b\r\n".length());
		assertThat(section.isNamed(1, "no field")).isFalse();
		assertThat(section.name(1)).isEmpty();
		assertThat(section.size(1)).isEqualTo("no field\r\n".length());
		assertThat(section.isNamed(2, "Subject")).isTrue();
		assertThat(section.value(2)).isEqualTo("x");
	}

	@Test
	void fieldsAreTakenOutWithAllTheirLines() {
		HeaderSection section = section("A: 1\r\n\t2\r\nB: 3\r\nA: 4\r\n\r\n");
		HeaderSection left = section.without((field) -> section.isNamed(field, "a"));
		assertThat(left.octets()).asString(StandardCharsets.US_ASCII).isEqualTo("B: 3\r\n");
		assertThat(left.count()).isEqualTo(1);
		assertThat(left.isNamed(0, "B")).isTrue();
		assertThat(section.without((field) -> false)).isSameAs(section);
		assertThat(left.without((field) -> true).count()).isZero();
	}

	@Test
	void memoryAndStreamHoldTheSameSection() throws IOException {
		String many = "X: y\r\n".repeat(3000);
		for (String text : new String[] { "", "\r\n", "A: 1", "A: 1\r\n", "A: 1\n\nB: 2\n", many, many + "\r\nbody",
				"A: " + "x".repeat(HeaderSection.MAX_OCTETS) + "\r\n\r\n",
				"B: 2\r\nA: " + "x".repeat(HeaderSection.MAX_OCTETS) }) {
			HeaderSection memory = section(text);
			HeaderSection stream = HeaderSection.read(new ByteArrayInputStream(octets(text)));
			assertThat(memory.octets()).isEqualTo(stream.octets());
			assertThat(memory.count()).isEqualTo(stream.count());
			assertThat(memory.isComplete()).isEqualTo(stream.isComplete());
		}
	}

	@Test
	void whatIsTooLargeToBeLookedAtIsNotComplete() {
		assertThat(section("A: " + "x".repeat(HeaderSection.MAX_OCTETS)).isComplete()).isFalse();
		HeaderSection many = section("A:\r\n".repeat(HeaderSection.MAX_FIELDS + 1) + "\r\n");
		assertThat(many.isComplete()).isFalse();
		assertThat(many.count()).isEqualTo(HeaderSection.MAX_FIELDS);
		assertThat(section("A:\r\n".repeat(HeaderSection.MAX_FIELDS) + "\r\n").isComplete()).isTrue();
	}

}
