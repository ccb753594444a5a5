/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link FileQueue} makes of files that a crash, a disk or somebody has damaged.
 */
class FileQueueDamageTests {

	private final long seed = Long.getLong("mailio.queue.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@TempDir
	private Path directory;

	/** What stands in the queue, and must still do. */
	private final Set<QueueId> kept = new TreeSet<>();

	@BeforeEach
	void tell() {
		System.out.println("FileQueueDamageTests seed " + this.seed);
	}

	private FileQueue open() throws IOException {
		return FileQueue.open(new FileQueueOptions(this.directory, 1024 * 1024, 100_000, 0));
	}

	private void fill(int messages) throws IOException {
		try (FileQueue queue = open()) {
			for (int i = 0; i < messages; i++) {
				byte[] content = new byte[this.random.nextInt(20_000)];
				this.random.nextBytes(content);
				QueueId id = queue.enqueue(Messages.message(content, null, "a@d" + i + ".example"))
					.toCompletableFuture()
					.join();
				if (this.random.nextInt(3) == 0) {
					Claim claim = queue.claim("d" + i + ".example").orElseThrow();
					queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null).toCompletableFuture().join();
				}
				else {
					this.kept.add(id);
				}
			}
		}
	}

	private Set<QueueId> reopened() throws IOException {
		Set<QueueId> ids = new TreeSet<>();
		try (FileQueue queue = open()) {
			for (QueuedMessage message : queue.list(QueueFilter.first(100_000))) {
				ids.add(message.id());
				Claim claim = queue.claim(message.waiting().get(0).destination()).orElseThrow();
				assertThat(claim.content().openStream().readAllBytes()).hasSize((int) message.size());
			}
		}
		return ids;
	}

	private List<Path> segments() throws IOException {
		return Recovery.segmentFiles(this.directory);
	}

	private List<Path> damaged() throws IOException {
		Path directory = this.directory.resolve("damaged");
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(directory)) {
			return files.toList();
		}
	}

	@Test
	void opensAfterTheLastRecordWasCutAtAnyPlace() throws IOException {
		fill(3);
		Path last = segments().get(segments().size() - 1);
		byte[] whole = Files.readAllBytes(last);
		for (int end = 0; end < whole.length; end += 1 + this.random.nextInt(400)) {
			Files.write(last, Arrays.copyOf(whole, end));
			for (Path later : segments()) {
				if (!later.equals(last)) {
					Files.delete(later);
				}
			}
			Set<QueueId> left = reopened();
			assertThat(left).as("seed %d, cut at %d", this.seed, end).hasSizeLessThanOrEqualTo(3);
		}
		Files.write(last, whole);
		assertThat(reopened()).isEqualTo(this.kept);
	}

	@Test
	void doesNotMindZerosThatWereNeverWritten() throws IOException {
		fill(5);
		Path last = segments().get(segments().size() - 1);
		Files.write(last, new byte[5000], StandardOpenOption.APPEND);
		assertThat(reopened()).isEqualTo(this.kept);
		assertThat(damaged()).isEmpty();
	}

	@RepeatedTest(8)
	void losesOnlyTheMessageWhoseOctetsHaveChangedAndKeepsThem() throws IOException {
		fill(120);
		List<Path> segments = segments();
		Path segment = segments.get(this.random.nextInt(segments.size()));
		long size = Files.size(segment);
		long place = Segment.HEADER + (long) (this.random.nextDouble() * (size - Segment.HEADER));
		if (place >= size) {
			return;
		}
		try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			ByteBuffer octet = ByteBuffer.allocate(1);
			channel.read(octet, place);
			octet.put(0, (byte) (octet.get(0) ^ (1 << this.random.nextInt(8)))).flip();
			channel.write(octet, place);
		}
		Set<QueueId> lost = new HashSet<>(this.kept);
		lost.removeAll(reopened());
		assertThat(lost).as("seed %d", this.seed).hasSizeLessThanOrEqualTo(1);
		assertThat(damaged()).hasSize(1);
	}

	@Test
	void setsASegmentAsideWhoseBeginningCannotBeRead() throws IOException {
		fill(250);
		assertThat(segments()).hasSizeGreaterThan(1);
		Path first = segments().get(0);
		try (FileChannel channel = FileChannel.open(first, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 'x' }), 0);
		}
		assertThat(reopened()).isNotEmpty();
		assertThat(damaged()).singleElement()
			.satisfies((file) -> assertThat(file.getFileName()).isEqualTo(first.getFileName()));
	}

	@Test
	void goesOnWithoutAMissingSegment() throws IOException {
		fill(400);
		List<Path> segments = segments();
		assertThat(segments).hasSizeGreaterThan(2);
		Files.delete(segments.get(1));
		Set<QueueId> left = reopened();
		assertThat(left).isNotEmpty();
		List<QueueId> lost = new ArrayList<>(this.kept);
		lost.removeAll(left);
		assertThat(lost).as("messages of other segments").hasSizeLessThan(this.kept.size());
	}

	/** A message may hold octets that look like a record. */
	@Test
	void takesNoContentForARecord() throws IOException {
		fill(2);
		Path first = segments().get(0);
		byte[] forged = Files.readAllBytes(first);
		try (FileQueue queue = open()) {
			this.kept.add(queue.enqueue(Messages.message(forged, null, "x@example.com")).toCompletableFuture().join());
			this.kept.add(queue.enqueue(Messages.message("y", "y@example.com")).toCompletableFuture().join());
		}
		List<Path> segments = segments();
		Path holder = segments.get(segments.size() - 1);
		try (FileChannel channel = FileChannel.open(holder, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 0 }), Segment.HEADER + 3);
		}
		Set<QueueId> left = reopened();
		assertThat(left).hasSize(this.kept.size() - 1);
		assertThat(this.kept).containsAll(left);
	}

}
