/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

class SmtpServerLifecycleTests {

	private final SmtpServer server = mock(SmtpServer.class);

	private final Set<Thread> before = allAwaitThreads();

	private final AtomicInteger started = new AtomicInteger();

	private final SmtpServerStartStopLifecycle startStop = new SmtpServerStartStopLifecycle(this.server,
			(server) -> this.started.incrementAndGet());

	private final SmtpServerGracefulShutdownLifecycle graceful = new SmtpServerGracefulShutdownLifecycle(this.server);

	@AfterEach
	void stop() {
		this.startStop.stop();
	}

	@Test
	void startsTheServerAndTells() {
		this.startStop.start();
		verify(this.server).start();
		assertThat(this.started).hasValue(1);
		assertThat(this.startStop.isRunning()).isTrue();
	}

	@Test
	void keepsTheJvmAliveUntilItStops() {
		this.startStop.start();
		assertThat(awaitThreads()).singleElement().satisfies((thread) -> assertThat(thread.isDaemon()).isFalse());
		this.startStop.stop();
		await().untilAsserted(() -> assertThat(awaitThreads()).isEmpty());
		verify(this.server).close();
		assertThat(this.startStop.isRunning()).isFalse();
	}

	@Test
	void failedStartLeavesNothingRunning() {
		willThrow(new IllegalStateException("port in use")).given(this.server).start();
		assertThatIllegalStateException().isThrownBy(this.startStop::start).withMessage("port in use");
		assertThat(this.startStop.isRunning()).isFalse();
		assertThat(awaitThreads()).isEmpty();
		assertThat(this.started).hasValue(0);
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

	/** Of this test: a cached application context may have its own. */
	private Set<Thread> awaitThreads() {
		Set<Thread> threads = allAwaitThreads();
		threads.removeAll(this.before);
		return threads;
	}

	private static Set<Thread> allAwaitThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("smtp-server-await"))
			.collect(Collectors.toCollection(HashSet::new));
	}

}
