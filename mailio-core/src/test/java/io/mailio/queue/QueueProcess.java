/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A queue in a process of its own, to be killed. Each line that it prints was true when
 * it was printed: {@code kept ID SIZE}, {@code delivered ID}, {@code deleted ID}.
 */
final class QueueProcess {

	private static final int THREADS = 4;

	private QueueProcess() {
	}

	static Process start(String what, Path directory, long seed) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), QueueProcess.class.getName(), what, directory.toString(),
				Long.toString(seed))
			.redirectErrorStream(true)
			.start();
	}

	public static void main(String[] args) throws IOException {
		FileQueueOptions options = new FileQueueOptions(Path.of(args[1]), 1024 * 1024, 50_000, 0);
		try (FileQueue queue = FileQueue.open(options)) {
			System.out.println("opened");
			if (args[0].equals("load")) {
				CompletableFuture<?>[] threads = new CompletableFuture<?>[THREADS];
				for (int i = 0; i < THREADS; i++) {
					Random random = new Random(Long.parseLong(args[2]) + i);
					threads[i] = CompletableFuture.runAsync(() -> load(queue, random));
				}
				CompletableFuture.allOf(threads).join();
			}
		}
	}

	/** Until somebody kills us, or for a while. */
	private static void load(FileQueue queue, Random random) {
		try {
			for (int i = 0; i < 1_000_000; i++) {
				keep(queue, random);
				if (random.nextInt(3) > 0) {
					tryToDeliver(queue, random);
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void keep(FileQueue queue, Random random) {
		int size = (random.nextInt(50) == 0) ? 60_000 : random.nextInt(8000);
		NewMessage message = Messages.message(content(size), null, "a@d" + random.nextInt(5) + ".example");
		QueueId id = queue.enqueue(message).toCompletableFuture().join();
		System.out.println("kept " + id + " " + size);
	}

	/** Octets that say by themselves whether they are right. */
	static byte[] content(int size) {
		byte[] content = new byte[size];
		for (int i = 0; i < size; i++) {
			content[i] = (byte) (size + i);
		}
		return content;
	}

	private static void tryToDeliver(FileQueue queue, Random random) throws IOException {
		Claim claim = queue.claim("d" + random.nextInt(5) + ".example").orElse(null);
		if (claim == null) {
			return;
		}
		if (random.nextInt(4) == 0) {
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DEFERRED),
					Instant.now().plusMillis(random.nextInt(50)));
			return;
		}
		// Said before, since the line must not be lost when the settlement is not.
		System.out.println("delivered " + claim.id());
		queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null);
	}

}
