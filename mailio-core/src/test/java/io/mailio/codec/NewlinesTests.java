/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NewlinesTests {

	private static final byte[] ALPHABET = { '\r', '\n', 0x0b, 0x0c, 0x0e, 0, '\t', 'a', 'a', 'a', 'a', (byte) 0x80,
			(byte) 0x8d, (byte) 0x8a, (byte) 0xff, 0x7f };

	@Test
	void agreesWithANaiveSearchAtEveryAlignment() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int round = 0; round < 5_000; round++) {
			byte[] octets = new byte[random.nextInt(40)];
			for (int i = 0; i < octets.length; i++) {
				octets[i] = ALPHABET[random.nextInt(ALPHABET.length)];
			}
			ByteBuffer heap = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
			ByteBuffer direct = ByteBuffer.allocateDirect(octets.length).order(ByteOrder.LITTLE_ENDIAN);
			direct.duplicate().put(octets);
			for (int from = 0; from <= octets.length; from++) {
				int to = from + random.nextInt(octets.length - from + 1);
				int expected = naive(octets, from, to);
				assertThat(Newlines.find(heap, from, to)).as("heap, seed %d", seed).isEqualTo(expected);
				assertThat(Newlines.find(direct, from, to)).as("direct, seed %d", seed).isEqualTo(expected);
			}
		}
	}

	@Test
	void findsEachNewlineBehindEachOctet() {
		for (int octet = 0; octet < 256; octet++) {
			for (int at = 1; at < 24; at++) {
				byte[] octets = new byte[24];
				java.util.Arrays.fill(octets, (byte) octet);
				octets[at] = '\r';
				ByteBuffer view = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
				int expected = (octet == '\r' || octet == '\n') ? 0 : at;
				assertThat(Newlines.find(view, 0, 24)).as("octet %d before %d", octet, at).isEqualTo(expected);
			}
		}
	}

	private static int naive(byte[] octets, int from, int to) {
		for (int i = from; i < to; i++) {
			if (octets[i] == '\r' || octets[i] == '\n') {
				return i;
			}
		}
		return to;
	}

}
