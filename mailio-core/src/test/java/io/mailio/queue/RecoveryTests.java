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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How journals are read when a queue is opened. */
class RecoveryTests {

	private static final int MEBIBYTE = 1024 * 1024;

	private final long seed = Long.getLong("mailio.queue.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@TempDir
	private Path directory;

	private FileQueue open() throws IOException {
		return FileQueue.open(new FileQueueOptions(this.directory, 64 * MEBIBYTE, 4 * MEBIBYTE, 0));
	}

	private byte[] content(int size) {
		byte[] content = new byte[size];
		this.random.nextBytes(content);
		return content;
	}

	private Map<QueueId, byte[]> fill(int... sizes) throws IOException {
		Map<QueueId, byte[]> kept = new LinkedHashMap<>();
		try (FileQueue queue = open()) {
			for (int size : sizes) {
				byte[] content = content(size);
				kept.put(queue.enqueue(Messages.message(content, null, "a@d" + kept.size() + ".example"))
					.toCompletableFuture()
					.join(), content);
			}
		}
		return kept;
	}

	private Map<QueueId, byte[]> reopened() throws IOException {
		Map<QueueId, byte[]> found = new LinkedHashMap<>();
		try (FileQueue queue = open()) {
			for (QueuedMessage message : queue.list(QueueFilter.first(1000))) {
				Claim claim = queue.claim(message.waiting().get(0).destination()).orElseThrow();
				found.put(claim.id(), claim.content().openStream().readAllBytes());
			}
		}
		return found;
	}

	private static void assertSame(Map<QueueId, byte[]> found, Map<QueueId, byte[]> kept) {
		assertThat(found.keySet()).containsExactlyElementsOf(kept.keySet());
		found.forEach((id, content) -> assertThat(content).isEqualTo(kept.get(id)));
	}

	/** Whatever is read at once, records begin and end anywhere in it. */
	@Test
	void findsRecordsOfEverySize() throws IOException {
		System.out.println("RecoveryTests seed " + this.seed);
		int[] sizes = new int[60];
		for (int i = 0; i < sizes.length; i++) {
			sizes[i] = switch (i % 6) {
				case 0 -> 4 * MEBIBYTE - this.random.nextInt(3);
				case 1 -> MEBIBYTE - this.random.nextInt(600);
				case 2 -> this.random.nextInt(2 * MEBIBYTE);
				case 3 -> 0;
				default -> this.random.nextInt(3000);
			};
		}
		Map<QueueId, byte[]> kept = fill(sizes);
		assertSame(reopened(), kept);
	}

	@Test
	void findsMessagesThatAreToBeSentLater() throws IOException {
		Instant later = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MILLIS);
		QueueId id;
		try (FileQueue queue = open()) {
			id = queue.enqueue(Messages.message(content(500), later, "a@d.example")).toCompletableFuture().join();
		}
		try (FileQueue queue = open()) {
			assertThat(queue.find(id).orElseThrow().waiting()).singleElement()
				.satisfies((waiting) -> assertThat(waiting.nextAttempt()).isEqualTo(later));
		}
		assertThat(this.directory.resolve("damaged")).doesNotExist();
	}

	@Test
	void stepsOverDamageOfMegabytes() throws IOException {
		Map<QueueId, byte[]> kept = fill(3000, 3 * MEBIBYTE, 3 * MEBIBYTE, 3 * MEBIBYTE, 3000);
		Path segment = Recovery.segmentFiles(this.directory).get(0);
		long from = Files.size(segment) / 2;
		try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(content(4 * MEBIBYTE)), from - 2 * MEBIBYTE);
		}
		List<QueueId> names = new ArrayList<>(kept.keySet());
		Map<QueueId, byte[]> found = reopened();
		kept.keySet().retainAll(List.of(names.get(0), names.get(4)));
		assertSame(found, kept);
		try (var damaged = Files.list(this.directory.resolve("damaged"))) {
			assertThat(damaged.mapToLong((file) -> file.toFile().length()).sum()).isGreaterThan(9 * MEBIBYTE);
		}
	}

	@Test
	void outlinesWhatTheIndexNeeds() throws IOException {
		for (int count = 1; count < 4; count++) {
			List<Part> parts = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				parts.add(new Part("d" + i + ".example", i == 1, i, 1000L + i, attempts(i), recipients(i)));
			}
			Message message = new Message(7, 5, 6, 12_345_678_901L, count == 2, (count - 1) * 1000L,
					ReversePath.of(Mailbox.of("ä@example.org")), Parameters.of("RET=HDRS ENVID=a+20b"), parts);
			ByteBuffer record = ByteBuffer.wrap(RecordCodec.encode(message));
			assertThat(RecordCodec.isMessage(record)).isTrue();
			assertThat(RecordCodec.outline(record)).usingRecursiveComparison().isEqualTo(Outline.of(message));
		}
	}

	private static List<Attempt> attempts(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> new Attempt(Instant.ofEpochMilli(2000L + i), "450 later " + i))
			.toList();
	}

	private static List<Numbered> recipients(int first) {
		List<Numbered> recipients = new ArrayList<>();
		for (int number = first; number < 2 * first + 1; number++) {
			recipients
				.add(new Numbered(number, new Recipient(Mailbox.of("a" + number + "@example.com"), Parameters.NONE)));
		}
		return recipients;
	}

	@Test
	void doesNotOutlineARecordThatEndsTooSoon() {
		Message message = new Message(7, 5, 6, 0, false, 8, ReversePath.NULL, Parameters.NONE,
				List.of(new Part("example.com", false, 0, 0, List.of(), recipients(1))));
		byte[] record = RecordCodec.encode(message);
		for (int length = 1; length < record.length; length++) {
			ByteBuffer cut = ByteBuffer.wrap(record, 0, length);
			assertThatExceptionOfType(NoRecordException.class).isThrownBy(() -> RecordCodec.outline(cut));
		}
	}

}
