/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

class SmtpServerLifecycleTests {

	private final SmtpServer server = mock(SmtpServer.class);

	private final SmtpServerStart participant = mock(SmtpServerStart.class);

	private final SmtpServerStartStopLifecycle startStop = new SmtpServerStartStopLifecycle(this.server,
			List.of(this.participant));

	private final SmtpServerGracefulShutdownLifecycle graceful = new SmtpServerGracefulShutdownLifecycle(this.server);

	@Test
	void tellsBeforeAndAfterTheServerHasStarted() {
		this.startStop.start();
		InOrder order = inOrder(this.server, this.participant);
		order.verify(this.participant).starting(this.server);
		order.verify(this.server).start();
		order.verify(this.participant).started(this.server);
		assertThat(this.startStop.isRunning()).isTrue();
	}

	@Test
	void closesTheServer() {
		this.startStop.start();
		this.startStop.stop();
		verify(this.server).close();
		assertThat(this.startStop.isRunning()).isFalse();
	}

	@Test
	void failedStartLeavesNothingRunning() {
		willThrow(new IllegalStateException("port in use")).given(this.server).start();
		assertThatIllegalStateException().isThrownBy(this.startStop::start).withMessage("port in use");
		assertThat(this.startStop.isRunning()).isFalse();
		verify(this.participant, never()).started(any());
	}

	@Test
	void drainsWithoutWaiting() {
		CompletableFuture<Void> drained = new CompletableFuture<>();
		given(this.server.drain()).willReturn(drained);
		AtomicInteger callbacks = new AtomicInteger();
		this.graceful.start();
		assertThat(this.graceful.isRunning()).isTrue();
		this.graceful.stop(callbacks::incrementAndGet);
		assertThat(this.graceful.isRunning()).isFalse();
		assertThat(callbacks).hasValue(0);
		drained.complete(null);
		assertThat(callbacks).hasValue(1);
	}

	@Test
	void failedDrainDoesNotHoldUpTheShutdown() {
		given(this.server.drain()).willReturn(CompletableFuture.failedFuture(new IllegalStateException("broken")));
		AtomicInteger callbacks = new AtomicInteger();
		this.graceful.stop(callbacks::incrementAndGet);
		assertThat(callbacks).hasValue(1);
	}

	@Test
	void phasesAreThoseOfTheWebServers() {
		assertThat(this.graceful.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE - 1024);
		assertThat(this.startStop.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE - 2048);
	}

	@Test
	void isNotPaused() {
		assertThat(this.graceful.isPauseable()).isFalse();
		assertThat(this.startStop.isPauseable()).isFalse();
	}

	@Test
	void contextDrainsThenClosesAndCanStartAgain() {
		given(this.server.drain()).willReturn(CompletableFuture.completedFuture(null));
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean("startStop", SmtpServerStartStopLifecycle.class, () -> this.startStop);
			context.registerBean("graceful", SmtpServerGracefulShutdownLifecycle.class, () -> this.graceful);
			context.refresh();
			context.stop();
			InOrder order = inOrder(this.server);
			order.verify(this.server).start();
			order.verify(this.server).drain();
			order.verify(this.server).close();
			context.start();
			order.verify(this.server).start();
			assertThat(this.graceful.isRunning()).isTrue();
		}
		verify(this.server, times(2)).drain();
	}

}
