/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuthFailuresTests {

	private long now;

	private final AuthFailures failures = new AuthFailures(2, Duration.ofMinutes(10), () -> this.now);

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void tooManyFailuresBlockAnAddressUntilTheWindowIsOver() {
		InetAddress bad = address("192.0.2.1");
		assertThat(this.failures.add(bad)).isEqualTo(1);
		assertThat(this.failures.isBlocked(bad)).isFalse();
		this.now = Duration.ofMinutes(9).toNanos();
		assertThat(this.failures.add(bad)).isEqualTo(2);
		assertThat(this.failures.isBlocked(bad)).isTrue();
		assertThat(this.failures.isBlocked(address("192.0.2.2"))).isFalse();
		this.now = Duration.ofMinutes(10).toNanos();
		assertThat(this.failures.isBlocked(bad)).isFalse();
		assertThat(this.failures.add(bad)).isEqualTo(1);
	}

	@Test
	void anIpv6NetworkCountsAsOne() {
		this.failures.add(address("2001:db8::1"));
		this.failures.add(address("2001:db8::2:3:4:5"));
		assertThat(this.failures.isBlocked(address("2001:db8::ffff"))).isTrue();
		assertThat(this.failures.isBlocked(address("2001:db8:0:1::1"))).isFalse();
	}

	@Test
	void memoryIsBoundedAndTheOldestIsForgotten() {
		InetAddress first = address("192.0.2.1");
		this.failures.add(first);
		this.failures.add(first);
		for (int i = 0; i < AuthFailures.MAX_NETWORKS; i++) {
			this.failures.add(address("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255)));
		}
		assertThat(this.failures.networks()).isEqualTo(AuthFailures.MAX_NETWORKS);
		assertThat(this.failures.isBlocked(first)).isFalse();
		this.now = Duration.ofMinutes(10).toNanos();
		this.failures.isBlocked(first);
		assertThat(this.failures.networks()).isZero();
	}

}
