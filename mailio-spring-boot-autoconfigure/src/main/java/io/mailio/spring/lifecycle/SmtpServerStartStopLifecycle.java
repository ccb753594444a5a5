/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.util.concurrent.CountDownLatch;

import io.mailio.SmtpServer;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the server when the application is ready for it, in the phase of Spring Boot's
 * web servers, and closes it when the graceful phase before is over. Keeps the JVM alive
 * in between: the server's own threads are daemons.
 */
public final class SmtpServerStartStopLifecycle implements SmartLifecycle {

	/** After the graceful phase when stopping, before it when starting. */
	public static final int PHASE = SmtpServerGracefulShutdownLifecycle.PHASE - 1024;

	private final SmtpServer server;

	private final ServerStarted started;

	private volatile @Nullable CountDownLatch stopped;

	/**
	 * The lifecycle of a server.
	 * @param server the server
	 * @param started told each time it has started
	 */
	public SmtpServerStartStopLifecycle(SmtpServer server, ServerStarted started) {
		this.server = server;
		this.started = started;
	}

	@Override
	public void start() {
		this.server.start();
		CountDownLatch latch = new CountDownLatch(1);
		this.stopped = latch;
		keepAlive(latch);
		this.started.serverStarted(this.server);
	}

	private static void keepAlive(CountDownLatch latch) {
		Thread thread = new Thread(() -> {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "smtp-server-await");
		thread.setDaemon(false);
		thread.start();
	}

	@Override
	public void stop() {
		CountDownLatch latch = this.stopped;
		this.stopped = null;
		try {
			this.server.close();
		}
		finally {
			if (latch != null) {
				latch.countDown();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.stopped != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/** Clients would meet a closed port in between. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Hears that the server has started. */
	@FunctionalInterface
	public interface ServerStarted {

		/**
		 * The server listens.
		 * @param server the server, which knows its port now
		 */
		void serverStarted(SmtpServer server);

	}

}
