/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
	void manyRefusedConnectionsAreOneLineInTheLog() {
		Logger logger = (Logger) LoggerFactory.getLogger(Sessions.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.setAdditive(false);
		logger.addAppender(log);
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			long start = System.nanoTime();
			for (int i = 0; i <= 2000; i++) {
				client.sessions().tellRefused(this.one, start + i * 1_000_000L);
			}
			assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
				.containsExactly("Connection from 192.0.2.1 refused, and 0 more: too many connections",
						"Connection from 192.0.2.1 refused, and 999 more: too many connections",
						"Connection from 192.0.2.1 refused, and 999 more: too many connections");
		}
		finally {
			logger.detachAppender(log);
			logger.setAdditive(true);
		}
	}

	@Test
	void theAddressesOfAnIpv6NetworkCountTogether() throws UnknownHostException {
		ConnectionLimits limits = new ConnectionLimits(10, 2);
		InetAddress first = InetAddress.getByName("2001:db8:0:1::1");
		assertThat(limits.tryAcquire(first)).isTrue();
		assertThat(limits.tryAcquire(InetAddress.getByName("2001:db8:0:1::2"))).isTrue();
		InetAddress third = InetAddress.getByName("2001:db8:0:1:ffff:ffff:ffff:ffff");
		assertThat(limits.tryAcquire(third)).isFalse();
		assertThat(limits.tryAcquire(InetAddress.getByName("2001:db8:0:2::1"))).isTrue();
		limits.release(first);
		assertThat(limits.tryAcquire(third)).isTrue();
		assertThat(limits.total()).isEqualTo(3);
	}

	@Test
	void ipv4AddressesCountEachForItselfAlsoWhenMapped() throws UnknownHostException {
		ConnectionLimits limits = new ConnectionLimits(10, 1);
		assertThat(limits.tryAcquire(InetAddress.getByName("::1"))).isTrue();
		assertThat(limits.tryAcquire(InetAddress.getByName("0.0.0.0"))).isTrue();
		assertThat(limits.tryAcquire(this.one)).isTrue();
		assertThat(limits.tryAcquire(InetAddress.getByName("::ffff:192.0.2.2"))).isTrue();
		assertThat(limits.tryAcquire(this.two)).isFalse();
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
