/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.sun.management.OperatingSystemMXBean;
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
import io.mailio.relay.Transmission;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;

/**
 * How fast a full queue is emptied into another server: each destination leads to the
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
	 * Opens a queue. For each line of standard input, a number, it is filled up, so many
	 * messages are sent, and a line is printed: messages per second, and CPU seconds of
	 * this process per 1,000 messages. Ends with 0 or the end of the input.
	 * @param args the port of the other server on the loopback address; the directory;
	 * how many messages wait for how many destinations each time
	 * @throws IOException if the directory cannot be written
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
		NextHop hop = new NextHop("127.0.0.1", server);
		int messages = QueueLoad.number(args[2]);
		int destinations = QueueLoad.number(args[3]);
		ExecutorService executor = Executors.newFixedThreadPool(20);
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(Path.of(args[1])));
				SmtpClient client = SmtpClient.builder().build();
				BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
			Gate gate = new Gate();
			Deliveries watch = new Deliveries();
			Relay relay = new Relay(queue, new OneWay(new Route.Hops(List.of(hop))),
					(next, envelope, content) -> gate.passed(() -> client.send(SmtpTarget.of(next), envelope, content)),
					new DeliveryStatusNotifications("bench.example", 0), RelayOptions.DEFAULTS, executor, watch);
			relay.start();
			for (int deliveries = next(in); deliveries > 0; deliveries = next(in)) {
				QueueLoad.fill(queue, messages, destinations, SIZE);
				watch.begin(deliveries);
				gate.open(deliveries);
				System.out.println(watch.await());
			}
			relay.drain();
		}
		finally {
			executor.shutdown();
		}
	}

	private static int next(BufferedReader in) throws IOException {
		String line = in.readLine();
		return (line != null) ? QueueLoad.number(line) : 0;
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

	/** Lets some messages pass; the others wait. */
	private static final class Gate {

		private final Deque<Runnable> waiting = new ArrayDeque<>();

		private int open;

		CompletionStage<Transmission> passed(Supplier<CompletionStage<Transmission>> send) {
			synchronized (this) {
				if (this.open == 0) {
					CompletableFuture<Void> turn = new CompletableFuture<>();
					this.waiting.add(() -> turn.complete(null));
					return turn.thenCompose((nothing) -> send.get());
				}
				this.open--;
			}
			return send.get();
		}

		void open(int more) {
			List<Runnable> next = new ArrayList<>();
			synchronized (this) {
				this.open += more;
				while (this.open > 0 && !this.waiting.isEmpty()) {
					this.open--;
					next.add(this.waiting.remove());
				}
			}
			next.forEach(Runnable::run);
		}

	}

	/** Takes the time from one delivery to a later one. */
	private static final class Deliveries implements RelayListener {

		private static final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
			.getOperatingSystemMXBean();

		private int left;

		private int first;

		private int last;

		private int failed;

		private long time;

		private long cpuTime;

		synchronized void begin(int deliveries) {
			this.left = deliveries;
			this.first = deliveries - deliveries / TENTH;
			this.last = deliveries / TENTH;
		}

		@Override
		public synchronized void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
			this.left--;
			if (this.left == this.first) {
				this.time = System.nanoTime();
				this.cpuTime = system.getProcessCpuTime();
			}
			else if (this.left == this.last) {
				this.time = System.nanoTime() - this.time;
				this.cpuTime = system.getProcessCpuTime() - this.cpuTime;
			}
			else if (this.left == 0) {
				notifyAll();
			}
		}

		@Override
		public synchronized void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
			this.failed++;
		}

		@Override
		public synchronized void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
			this.failed++;
		}

		synchronized String await() throws InterruptedException {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
			while (this.left > 0 && System.nanoTime() < end) {
				wait(TimeUnit.SECONDS.toMillis(1));
			}
			if (this.left > 0 || this.failed > 0) {
				throw new IllegalStateException(
						this.left + " messages were not delivered in time, and " + this.failed + " refused");
			}
			double measured = this.first - this.last;
			return String.format(Locale.ROOT, "%.1f %.4f", measured / (this.time / 1e9), this.cpuTime / 1e6 / measured);
		}

	}

}
