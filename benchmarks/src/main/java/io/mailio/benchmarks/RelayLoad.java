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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
 * How fast full queues are emptied into another server: each destination leads to the
 * same one.
 */
public final class RelayLoad {

	private static final int SIZE = 4096;

	/** The first and the last tenth of the deliveries are not measured. */
	private static final int TENTH = 10;

	private static final long PATIENCE_SECONDS = 600;

	private RelayLoad() {
	}

	/**
	 * Fills and empties one queue after the other, and prints a line for each: its
	 * directory, the messages and destinations in it, and messages per second.
	 * @param args the port of the other server on the loopback address; then for each
	 * queue its directory, with how many messages to how many destinations it begins,
	 * counting those that it has, and how many of them are sent
	 * @throws IOException if a directory cannot be written
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
		for (int i = 1; i < args.length; i += 4) {
			int messages = QueueLoad.number(args[i + 1]);
			int destinations = QueueLoad.number(args[i + 2]);
			double rate = empty(Path.of(args[i]), server, messages, destinations, QueueLoad.number(args[i + 3]));
			System.out.println(String.format(Locale.ROOT, "%s %d %d %.1f", args[i], messages, destinations, rate));
		}
		System.exit(0);
	}

	private static double empty(Path directory, InetSocketAddress server, int messages, int destinations,
			int deliveries) throws IOException, InterruptedException {
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory));
				SmtpClient client = SmtpClient.builder().build()) {
			QueueLoad.fill(queue, messages, destinations, SIZE);
			NextHop hop = new NextHop("127.0.0.1", server);
			Deliveries watch = new Deliveries(deliveries);
			ExecutorService executor = Executors.newFixedThreadPool(20);
			Relay relay = new Relay(queue, new OneWay(new Route.Hops(List.of(hop))),
					(next, envelope, content) -> client.send(SmtpTarget.of(next), envelope, content),
					new DeliveryStatusNotifications("bench.example", 0), RelayOptions.DEFAULTS, executor, watch);
			relay.start();
			double rate = watch.rate();
			relay.stop(Duration.ofSeconds(30));
			executor.shutdown();
			return rate;
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

	/** Takes the time from one delivery to a later one. */
	private static final class Deliveries implements RelayListener {

		private final AtomicInteger delivered = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final CountDownLatch over = new CountDownLatch(1);

		private final int first;

		private final int last;

		private volatile long began;

		private volatile long ended;

		Deliveries(int all) {
			this.first = all / TENTH;
			this.last = all - all / TENTH;
		}

		@Override
		public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
			int number = this.delivered.incrementAndGet();
			if (number == this.first) {
				this.began = System.nanoTime();
			}
			else if (number == this.last) {
				this.ended = System.nanoTime();
				this.over.countDown();
			}
		}

		@Override
		public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
			this.failed.incrementAndGet();
		}

		@Override
		public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
			this.failed.incrementAndGet();
		}

		double rate() throws InterruptedException {
			boolean complete = this.over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
			if (!complete || this.failed.get() > 0) {
				throw new IllegalStateException(
						this.delivered + " messages were delivered, and " + this.failed + " were not");
			}
			return (this.last - this.first) / ((this.ended - this.began) / 1e9);
		}

	}

}
