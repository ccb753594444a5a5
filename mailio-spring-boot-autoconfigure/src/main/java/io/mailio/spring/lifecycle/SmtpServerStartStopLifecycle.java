/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.util.List;

import io.mailio.SmtpServer;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the server when the application is ready for it, in the phase of Spring Boot's
 * web servers, and closes it when the graceful phase before is over. In between the
 * server keeps the JVM alive.
 */
public final class SmtpServerStartStopLifecycle implements SmartLifecycle {

	/** After the graceful phase when stopping, before it when starting. */
	public static final int PHASE = SmtpServerGracefulShutdownLifecycle.PHASE - 1024;

	private final SmtpServer server;

	private final List<SmtpServerStart> participants;

	private volatile boolean running;

	/**
	 * The lifecycle of a server.
	 * @param server the server
	 * @param participants who takes part in each start, in this order
	 */
	public SmtpServerStartStopLifecycle(SmtpServer server, List<SmtpServerStart> participants) {
		this.server = server;
		this.participants = List.copyOf(participants);
	}

	@Override
	public void start() {
		this.participants.forEach((participant) -> participant.starting(this.server));
		this.server.start();
		this.running = true;
		this.participants.forEach((participant) -> participant.started(this.server));
	}

	@Override
	public void stop() {
		this.running = false;
		this.server.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
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

}
