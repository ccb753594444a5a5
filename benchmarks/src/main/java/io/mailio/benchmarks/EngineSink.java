/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.net.InetAddress;

import io.mailio.SmtpServer;
import io.mailio.session.Limits;

/**
 * The complete engine with every core handler; messages are accepted and forgotten by
 * {@code queue/discard}. Everything is as a user gets it but for one limit: all load
 * comes from one address, so that address may have as many connections as all together.
 */
public final class EngineSink {

	private static final int MAX_CONNECTIONS = 20_000;

	private EngineSink() {
	}

	/**
	 * Listens on the loopback address and prints {@code ready <port>} once connections
	 * are accepted. Runs until the process is ended.
	 * @param args the port, 0 for a free one
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		SmtpServer server = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(Integer.parseInt(args[0]))
			.hostname("bench.example")
			.domains("example.com")
			.limits(Limits.builder().maxConnections(MAX_CONNECTIONS).maxConnectionsPerAddress(MAX_CONNECTIONS).build())
			.discard()
			.build();
		server.start();
		System.out.println("ready " + server.port());
		Thread.currentThread().join();
	}

}
