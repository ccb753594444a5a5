/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.net.InetAddress;
import java.nio.file.Path;

import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.session.Limits;

/**
 * The complete engine with its relay: messages for others go into the durable queue
 * ({@code queue/relay}), where they stay, since their destination is suspended.
 * Everything is as a user gets it but for the limit of connections from one address, and
 * for the rules of the relay, which let everybody in.
 */
public final class EngineQueue {

	private static final int MAX_CONNECTIONS = 20_000;

	private EngineQueue() {
	}

	/**
	 * Listens on the loopback address and prints {@code ready <port>} once connections
	 * are accepted. Runs until the process is ended.
	 * @param args the port, 0 for a free one; the directory of the queue; the domain of
	 * all recipients
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		SmtpServer server = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(Integer.parseInt(args[0]))
			.hostname("bench.example")
			.domains("example.org")
			.limits(Limits.builder().maxConnections(MAX_CONNECTIONS).maxConnectionsPerAddress(MAX_CONNECTIONS).build())
			.relay((relay) -> relay.directory(Path.of(args[1])).rules(new RelayRules(true, true, false)))
			.build();
		server.start();
		server.relay().map(SmtpRelay::queue).orElseThrow().suspend(args[2]);
		System.out.println("ready " + server.port());
		Thread.currentThread().join();
	}

}
