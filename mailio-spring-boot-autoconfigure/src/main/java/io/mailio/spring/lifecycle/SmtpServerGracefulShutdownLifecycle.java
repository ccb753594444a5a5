/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import io.mailio.SmtpServer;

import org.springframework.context.SmartLifecycle;

/**
 * Drains the server while the application shuts down: no new connections, idle sessions
 * get 421, messages in flight are finished. It does not wait itself; Spring does, for at
 * most {@code spring.lifecycle.timeout-per-shutdown-phase}, together with the web server.
 */
public final class SmtpServerGracefulShutdownLifecycle implements SmartLifecycle {

	/** The phase in which Spring Boot's web servers drain. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	private final SmtpServer server;

	private volatile boolean running;

	/**
	 * The lifecycle of a server.
	 * @param server the server
	 */
	public SmtpServerGracefulShutdownLifecycle(SmtpServer server) {
		this.server = server;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.server.drain().whenComplete((nothing, failure) -> callback.run());
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/** A pause does not drain. */
	@Override
	public boolean isPauseable() {
		return false;
	}

}
