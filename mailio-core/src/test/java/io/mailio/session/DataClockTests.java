/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DataClockTests {

	/** Near the overflow: the clock of the JVM may begin anywhere. */
	private static final long START = Long.MAX_VALUE - 5;

	private static final Limits LIMITS = Limits.builder()
		.idleTimeout(Duration.ofSeconds(100))
		.messageTimeout(Duration.ofSeconds(1000))
		.minDataRate(10)
		.build();

	private static long after(long seconds) {
		return START + Duration.ofSeconds(seconds).toNanos();
	}

	@Test
	void withoutContentTheGracePeriodOfTheRateEndsFirst() {
		assertThat(new DataClock(LIMITS, START).deadline()).isEqualTo(after(30));
	}

	@Test
	void contentBuysTimeAtTheMinimumRate() {
		DataClock clock = new DataClock(LIMITS, START);
		clock.received(200, after(1));
		assertThat(clock.deadline()).isEqualTo(after(50));
	}

	@Test
	void muchContentBuysNoLongerPause() {
		DataClock clock = new DataClock(LIMITS, START);
		clock.received(1_000_000, after(1));
		assertThat(clock.deadline()).isEqualTo(after(101));
	}

	@Test
	void noContentBuysMoreThanTheWholeTime() {
		DataClock clock = new DataClock(LIMITS, START);
		clock.received(Integer.MAX_VALUE, after(990));
		assertThat(clock.deadline()).isEqualTo(after(1000));
	}

	@Test
	void aRateOfZeroAsksForNone() {
		Limits limits = Limits.builder().minDataRate(0).idleTimeout(Duration.ofSeconds(100)).build();
		assertThat(new DataClock(limits, START).deadline()).isEqualTo(after(100));
	}

	@Test
	void theWholeMessageHasAnEndThatContentDoesNotMove() {
		DataClock clock = new DataClock(LIMITS, START);
		assertThat(clock.end()).isEqualTo(after(1000));
		clock.received(1_000_000, after(500));
		assertThat(clock.end()).isEqualTo(after(1000));
	}

}
