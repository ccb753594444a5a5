/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.Inet6Address;
import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PublicAddressesTests {

	@ParameterizedTest
	@ValueSource(strings = { "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
			"128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
			"192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
			"198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "2000::1", "2001:200::1",
			"2001:db7:ffff::1", "2001:db9::1", "2a00:1450::1", "2620:0:2d0:200::7", "3ffe::1", "3fff:1000::1",
			"64:ff9b::1.1.1.1", "2002:101:101::1" })
	void addressesOfTheInternet(String address) throws Exception {
		assertThat(PublicAddresses.contain(InetAddress.getByName(address))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
			"127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1",
			"192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1",
			"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
			"::8.8.8.8", "100::1", "64:ff9b:1::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1", "2001::1",
			"2001:1ff::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "4000::1", "1fff::1", "5f00::1", "::ffff:10.0.0.1",
			"::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::192.168.1.1", "2002:7f00:1::1",
			"2002:a00:1::1", "2002:c0a8:101::1" })
	void addressesThatLeadElsewhere(String address) throws Exception {
		assertThat(PublicAddresses.contain(InetAddress.getByName(address))).isFalse();
	}

	@Test
	void anIpv4AddressInsideOfOneOfIpv6IsSeen() throws Exception {
		byte[] mapped = new byte[16];
		mapped[10] = (byte) 0xff;
		mapped[11] = (byte) 0xff;
		mapped[12] = 127;
		mapped[15] = 1;
		assertThat(PublicAddresses.contain(Inet6Address.getByAddress("x", mapped, 0))).isFalse();
		mapped[12] = 9;
		assertThat(PublicAddresses.contain(Inet6Address.getByAddress("x", mapped, 0))).isTrue();
	}

}
