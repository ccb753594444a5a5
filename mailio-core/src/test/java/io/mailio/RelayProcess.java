/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;

/** A server in a process of its own that sends all mail on, to be killed by a test. */
public final class RelayProcess {

	private static final RetrySchedule SOON = new RetrySchedule(Duration.ofMillis(20), Duration.ofMillis(200),
			Duration.ofHours(1));

	private RelayProcess() {
	}

	/** Starts it; it says {@code ready} and its port. */
	static Process start(Path directory, int smartHost) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), RelayProcess.class.getName(), directory.toString(),
				Integer.toString(smartHost))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	public static void main(String[] args) {
		Path directory = Path.of(args[0]);
		RoutingOptions defaults = RoutingOptions.defaults();
		RoutingRule everything = RoutingRule.all(new SmartHost("127.0.0.1", Integer.parseInt(args[1])));
		SmtpServer server = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(0)
			.hostname("mx.example.com")
			.relay((relay) -> relay.rules(new RelayRules(true, true, true))
				.queue(() -> FileQueue.open(new FileQueueOptions(directory.resolve("queue"), 1024 * 1024, 50_000, 0)))
				.options(new RelayOptions(20, 5, 0, SOON, Duration.ZERO))
				.routing(new RoutingOptions(List.of(everything), defaults.port(), false, defaults.addressOrder(),
						defaults.maxHosts(), defaults.maxAddresses())))
			.build();
		server.start();
		System.out.println("ready " + server.port());
	}

}
