/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.DeliveryStatusNotifications;
import io.mailio.relay.NextHop;
import io.mailio.relay.Relay;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.Route;
import io.mailio.relay.Router;
import io.mailio.relay.SmtpClient;
import io.mailio.relay.SmtpTarget;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;

/**
 * How fast a full queue is emptied into another server: each destination leads to the
 * same one.
 */
public final class RelayLoad {

	private static final int SIZE = 4096;

	private RelayLoad() {
	}

	/**
	 * Fills a queue, then measures how long it takes until all its messages are
	 * delivered, and prints a line.
	 * @param args an empty directory, the port of the other server on the loopback
	 * address, the number of messages and of destinations
	 * @throws IOException if the directory cannot be written
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		FileQueueOptions options = FileQueueOptions.in(Path.of(args[0]));
		int messages = Integer.parseInt(args[2].replace("_", ""));
		int destinations = Integer.parseInt(args[3].replace("_", ""));
		try (FileQueue queue = FileQueue.open(options)) {
			QueueLoad.fill(queue, messages, destinations, SIZE);
		}
		try (FileQueue queue = FileQueue.open(options); SmtpClient client = SmtpClient.builder().build()) {
			NextHop hop = new NextHop("127.0.0.1",
					new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])));
			Delivered delivered = new Delivered(new CountDownLatch(messages));
			ExecutorService executor = Executors.newFixedThreadPool(20);
			Relay relay = new Relay(queue, new OneWay(new Route.Hops(List.of(hop))),
					(next, envelope, content) -> client.send(SmtpTarget.of(next), envelope, content),
					new DeliveryStatusNotifications("bench.example", 0), RelayOptions.DEFAULTS, executor, delivered);
			long start = System.nanoTime();
			relay.start();
			delivered.left().await();
			double seconds = (System.nanoTime() - start) / 1e9;
			System.out
				.println(String.format(Locale.ROOT, "%,d messages of %,d octets to %,d destinations: %,.0f messages/s",
						messages, SIZE, destinations, messages / seconds));
			relay.stop(Duration.ofSeconds(10));
			executor.shutdown();
		}
	}

	/** By whatever domain, there is one server. */
	private record OneWay(Route route) implements Router {

		@Override
		public String destination(ReversePath sender, Mailbox recipient) {
			return recipient.asciiDomain();
		}

		@Override
		public CompletionStage<Route> route(String destination) {
			return CompletableFuture.completedFuture(this.route);
		}

	}

	private record Delivered(CountDownLatch left) implements RelayListener {

		@Override
		public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
			this.left.countDown();
		}

	}

}
