/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.net.InetAddress;
import java.util.Random;

import io.netty.util.NetUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressTextTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1", "2001:db8:0:0:0:0:0:7, 2001:db8::7", "::, ::", "::1, ::1", "1::, 1::",
			"2001:DB8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
			"2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8", "0:0:1::, 0:0:1::",
			"fe80::1%3, fe80::1%3" })
	void addressesAreWrittenInOneShortForm(String address, String text) throws Exception {
		assertThat(AddressText.of(InetAddress.getByName(address))).isEqualTo(text);
	}

	@Test
	void theFormIsThatOfOthers() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 5_000; i++) {
			byte[] octets = new byte[16];
			for (int j = 0; j < 16; j++) {
				octets[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
			}
			octets[0] = 0x20;
			InetAddress address = InetAddress.getByAddress(octets);
			assertThat(AddressText.of(address)).as("seed %d", seed).isEqualTo(NetUtil.toAddressString(address));
		}
	}

}
