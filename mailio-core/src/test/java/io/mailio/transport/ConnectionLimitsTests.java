/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionLimitsTests {

	private final InetAddress one = address(1);

	private final InetAddress two = address(2);

	private static InetAddress address(int last) {
		try {
			return InetAddress.getByAddress(new byte[] { (byte) 192, 0, 2, (byte) last });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void aRefusedConnectionIsNotCounted() {
		ConnectionLimits limits = new ConnectionLimits(3, 2);
		assertThat(limits.tryAcquire(this.one)).isTrue();
		assertThat(limits.tryAcquire(this.one)).isTrue();
		assertThat(limits.tryAcquire(this.one)).isFalse();
		assertThat(limits.total()).isEqualTo(2);
		assertThat(limits.tryAcquire(this.two)).isTrue();
		assertThat(limits.tryAcquire(this.two)).isFalse();
		assertThat(limits.total()).isEqualTo(3);
		limits.release(this.one);
		assertThat(limits.tryAcquire(this.two)).isTrue();
		assertThat(limits.tryAcquire(this.one)).isFalse();
	}

	@Test
	void whatIsReleasedCanBeHadAgain() {
		ConnectionLimits limits = new ConnectionLimits(1, 1);
		for (int i = 0; i < 5; i++) {
			assertThat(limits.tryAcquire(this.one)).isTrue();
			limits.release(this.one);
		}
		assertThat(limits.total()).isZero();
	}

}
