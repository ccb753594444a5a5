/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills processes that fill and empty a queue, at random moments: whatever they have
 * acknowledged and not delivered is still there, complete. {@code -Dmailio.queue.crashes}
 * says how many, {@code -Dmailio.queue.seed} makes it the same again but for the timing.
 */
class FileQueueCrashTests {

	private static final int CRASHES = Integer.getInteger("mailio.queue.crashes", 6);

	@TempDir
	private Path directory;

	private final Map<String, Integer> kept = new HashMap<>();

	private final Set<String> delivered = new HashSet<>();

	@Test
	void losesNothing() throws Exception {
		long seed = Long.getLong("mailio.queue.seed", System.nanoTime());
		System.out.println("FileQueueCrashTests seed " + seed);
		Random random = new Random(seed);
		for (int crash = 0; crash < CRASHES; crash++) {
			int lines = 1 + random.nextInt(1500);
			runAndKill(lines, random.nextLong());
			check("seed %d, crash %d after %d lines".formatted(seed, crash, lines));
		}
		assertThat(this.kept.size()).isGreaterThan(this.delivered.size());
	}

	private void runAndKill(int lines, long seed) throws IOException, InterruptedException {
		Process process = QueueProcess.start("load", this.directory, seed);
		try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
			int read = 0;
			for (String line = out.readLine(); line != null; line = out.readLine()) {
				read++;
				if (read == lines) {
					// Unlike that of the process, this leaves its output open.
					process.toHandle().destroyForcibly();
				}
				take(line);
			}
			assertThat(read).as("lines of a process that ended by itself").isGreaterThanOrEqualTo(lines);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	/** What stands in the pipe when the process is killed was true, too. */
	private void take(String line) {
		String[] words = line.split(" ");
		if (words[0].equals("kept") && words.length == 3) {
			this.kept.put(words[1], Integer.parseInt(words[2]));
		}
		else if (words[0].equals("delivered") && words.length == 2) {
			this.delivered.add(words[1]);
		}
		else {
			assertThat(line).as("what a process says").doesNotContain("Exception");
		}
	}

	private void check(String when) throws IOException {
		// A minute later, when everything is due.
		QueueClock clock = new QueueClock(() -> System.currentTimeMillis() + 60_000, System::nanoTime);
		try (FileQueue queue = FileQueue.open(new FileQueueOptions(this.directory, 1024 * 1024, 50_000, 0), clock)) {
			for (Map.Entry<String, Integer> one : this.kept.entrySet()) {
				if (!this.delivered.contains(one.getKey())) {
					assertThat(queue.find(QueueId.parse(one.getKey()))).as(when).isPresent();
				}
			}
			for (QueuedMessage message : queue.list(QueueFilter.first(1_000_000))) {
				checkContent(queue, message, when);
			}
		}
	}

	private void checkContent(FileQueue queue, QueuedMessage message, String when) throws IOException {
		Claim claim = queue.claim(message.waiting().get(0).destination()).orElseThrow();
		byte[] content = claim.content().openStream().readAllBytes();
		assertThat(content).as(when).isEqualTo(QueueProcess.content((int) claim.content().size()));
	}

}
