/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.NewMessage;
import io.mailio.queue.NewMessage.Addressee;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * What the durable queue costs: messages per second that are on disk, beside one forced
 * file for each; heap for each message that waits; and the time to open it, beside the
 * time to read its files.
 */
public final class QueueLoad {

	private static final int DESTINATIONS = 1000;

	private static final int THREADS = 50;

	private static final int LINE = 78;

	private static final int BLOCK = 256 * 1024;

	private static final ReversePath SENDER = ReversePath.of(Mailbox.of("sender@example.org"));

	private QueueLoad() {
	}

	/**
	 * Prints lines of figures.
	 * @param args an empty directory, then {@code keep}, the number of threads and of
	 * messages, and their size in octets; or {@code wait}, the number of messages and of
	 * recipients of each; or {@code fill}, the number of messages and of destinations,
	 * and their size. For a directory that is filled {@code open} or {@code read}, which
	 * print milliseconds
	 * @throws IOException if the directory cannot be written
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path directory = Path.of(args[0]);
		switch (args[1]) {
			case "keep" -> keep(directory, number(args[2]), number(args[3]), number(args[4]));
			case "wait" -> await(directory, number(args[2]), number(args[3]));
			case "fill" -> fill(directory, number(args[2]), number(args[3]), number(args[4]));
			case "open" -> print("%.1f", millisToOpen(directory));
			case "read" -> print("%.1f", millisToRead(directory));
			default ->
				throw new IllegalArgumentException("There are keep, wait, fill, open and read, but not " + args[1]);
		}
	}

	static int number(String text) {
		return Integer.parseInt(text.replace("_", ""));
	}

	private static void keep(Path directory, int threads, int messages, int size)
			throws IOException, InterruptedException {
		byte[] content = new byte[size];
		Arrays.fill(content, (byte) 'x');
		Path files = Files.createDirectories(directory.resolve("files"));
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory.resolve("queue")))) {
			for (int round = 1; round <= 3; round++) {
				String base = "round" + round + "-";
				double inQueue = rate(threads, messages, (i) -> enqueue(queue, content, i, 1, DESTINATIONS, null));
				double asFiles = rate(threads, messages, (i) -> writeForced(files.resolve(base + i), content));
				print("%d threads, %d octets: %,.0f messages/s in the queue, %,.0f as forced files, ratio %.2f",
						threads, size, inQueue, asFiles, inQueue / asFiles);
			}
		}
	}

	private static double rate(int threads, int messages, IntConsumer work) throws InterruptedException {
		AtomicInteger next = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(threads);
		long start = System.nanoTime();
		for (int i = 0; i < threads; i++) {
			new Thread(() -> {
				for (int n = next.getAndIncrement(); n < messages; n = next.getAndIncrement()) {
					work.accept(n);
				}
				done.countDown();
			}).start();
		}
		done.await();
		return messages / ((System.nanoTime() - start) / 1e9);
	}

	/** What another queue would do at least: the octets and the name, each forced. */
	private static void writeForced(Path file, byte[] content) {
		try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			out.write(ByteBuffer.wrap(content));
			out.force(true);
			try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
				directory.force(true);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void await(Path directory, int messages, int recipients) throws IOException, InterruptedException {
		long before = liveHeap();
		fill(directory, messages, recipients, before);
		reopen(directory, messages, before);
	}

	private static void fill(Path directory, int messages, int recipients, long before)
			throws IOException, InterruptedException {
		byte[] content = new byte[1000];
		Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory))) {
			rate(THREADS, messages, (i) -> enqueue(queue, content, i, recipients, DESTINATIONS, tomorrow));
			print("%,d messages of %d recipients wait for %,d destinations: %,.0f octets of heap each",
					queue.counts().messages(), recipients, queue.counts().destinations().size(),
					(liveHeap() - before) / (double) messages);
		}
	}

	private static void fill(Path directory, int messages, int destinations, int size)
			throws IOException, InterruptedException {
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory))) {
			fill(queue, messages, destinations, size);
		}
	}

	/**
	 * Adds messages that may be sent at once, with one recipient each.
	 * @param messages how many there are at the end
	 */
	static void fill(FileQueue queue, int messages, int destinations, int size) throws InterruptedException {
		int missing = (int) Math.max(0, messages - queue.counts().messages());
		byte[] content = text(size);
		rate(THREADS, missing, (i) -> enqueue(queue, content, i, 1, destinations, null));
	}

	private static byte[] text(int size) {
		byte[] content = "Subject: load\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		int first = content.length;
		content = Arrays.copyOf(content, size);
		Arrays.fill(content, first, size, (byte) 'x');
		for (int end = first + LINE; end < size; end += LINE) {
			content[end - 2] = '\r';
			content[end - 1] = '\n';
		}
		content[size - 2] = '\r';
		content[size - 1] = '\n';
		return content;
	}

	private static double millisToOpen(Path directory) throws IOException {
		// Loads classes and sets up logging, as an application has done by then.
		FileQueue.open(FileQueueOptions.in(directory.resolveSibling(directory.getFileName() + "-empty"))).close();
		long start = System.nanoTime();
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory))) {
			return (System.nanoTime() - start) / 1e6;
		}
	}

	/** Every octet once, in the order of the names of the files. */
	private static double millisToRead(Path directory) throws IOException {
		long start = System.nanoTime();
		List<Path> files;
		try (Stream<Path> all = Files.walk(directory)) {
			files = all.filter(Files::isRegularFile).sorted().toList();
		}
		ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
		for (Path file : files) {
			try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
				while (in.read(block.clear()) >= 0) {
					// Reads on.
				}
			}
		}
		return (System.nanoTime() - start) / 1e6;
	}

	private static void reopen(Path directory, int messages, long before) throws IOException {
		long start = System.nanoTime();
		try (FileQueue queue = FileQueue.open(FileQueueOptions.in(directory))) {
			long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
			print("opened in %,d ms with %,d messages: %,.0f octets of heap each", millis, queue.counts().messages(),
					(liveHeap() - before) / (double) messages);
		}
	}

	private static void enqueue(FileQueue queue, byte[] content, int number, int recipients, int destinations,
			@Nullable Instant notBefore) {
		List<Addressee> addressees = new ArrayList<>(recipients);
		IntStream.range(0, recipients).forEach((i) -> {
			String domain = "d" + (number + i) % destinations + ".example";
			addressees.add(new Addressee(
					new Recipient(Mailbox.of("recipient" + number + "@" + domain), Parameters.NONE), domain));
		});
		queue.enqueue(new NewMessage(SENDER, Parameters.NONE, addressees, new Octets(content), notBefore))
			.toCompletableFuture()
			.join();
	}

	private static long liveHeap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static void print(String format, Object... arguments) {
		System.out.println(String.format(Locale.ROOT, format, arguments));
	}

	private record Octets(byte[] octets) implements NewMessage.Source {

		@Override
		public long size() {
			return this.octets.length;
		}

		@Override
		public InputStream openStream() {
			return new ByteArrayInputStream(this.octets);
		}

	}

}
