/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
import io.mailio.queue.JournalRecord.Settled;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records that are sound, but that this version cannot read: another one has written
 * them.
 */
class UnknownRecordsTests {

	private static final byte[] FROM_THE_FUTURE = { 'X', 1, 2, 3 };

	private static final byte[] CONTENT = "Subject: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	@TempDir
	private Path directory;

	private final LogWatch log = LogWatch.of("io.mailio.queue", Level.WARN);

	@AfterEach
	void hearNoMore() {
		this.log.close();
	}

	private FileQueue open() throws IOException {
		return FileQueue.open(new FileQueueOptions(this.directory, 1024 * 1024, 50_000, 0));
	}

	/** The first segment, as another version may have written it. */
	private void write(byte[]... records) throws IOException {
		try (Segment segment = Segment.create(this.directory, 1)) {
			for (byte[] record : records) {
				segment.write(Frame.around(segment.salt(), segment.size(), record, new byte[0]),
						ByteBuffer.wrap(record));
			}
			segment.force();
		}
	}

	private static byte[] message(long id, Part... parts) {
		byte[] head = RecordCodec.encode(new Message(id, 1000, 1000, CONTENT.length, false, 0, ReversePath.NULL,
				Parameters.NONE, List.of(parts)));
		byte[] record = Arrays.copyOf(head, head.length + CONTENT.length);
		System.arraycopy(CONTENT, 0, record, head.length, CONTENT.length);
		return record;
	}

	private static Part part(String destination, int... numbers) {
		return new Part(destination, false, 0, 1000, List.of(),
				IntStream.of(numbers)
					.mapToObj((number) -> new Numbered(number,
							new Recipient(Mailbox.of("r" + number + "@" + destination), Parameters.NONE)))
					.toList());
	}

	/** The same with addresses that are none. */
	private static byte[] unreadable(byte[] message) {
		byte[] record = message.clone();
		for (int i = 0; i < record.length; i++) {
			if (record[i] == '@') {
				record[i] = '(';
			}
		}
		return record;
	}

	private static void keepAndDeliver(FileQueue queue, int messages) throws IOException {
		for (int i = 0; i < messages; i++) {
			queue.enqueue(Messages.message(new byte[20_000], null, "a@busy.example")).toCompletableFuture().join();
			Claim claim = queue.claim("busy.example").orElseThrow();
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null).toCompletableFuture().join();
		}
	}

	private boolean isFirstSegmentThere() {
		return Files.exists(this.directory.resolve("journal-0000000000000001.mq"));
	}

	/** All octets of the queue that stand in segments. */
	private List<String> segments() throws IOException {
		List<String> octets = new ArrayList<>();
		for (Path file : Recovery.segmentFiles(this.directory)) {
			octets.add(Files.readString(file, StandardCharsets.ISO_8859_1));
		}
		return octets;
	}

	@Test
	void theMessageIsListedAndHeldWhileAllOthersAreDelivered() throws IOException {
		write(unreadable(message(1, part("example.com", 0))), message(2, part("example.com", 0)));
		try (FileQueue queue = open()) {
			assertThat(queue.list(QueueFilter.first(10))).extracting(QueuedMessage::id)
				.containsExactly(new QueueId(1), new QueueId(2));
			assertThat(queue.claim("example.com").orElseThrow().id()).isEqualTo(new QueueId(2));
			assertThat(queue.claim("example.com")).isEmpty();
			assertThat(queue.find(new QueueId(1)).orElseThrow().waiting()).singleElement().satisfies((waiting) -> {
				assertThat(waiting.state()).isEqualTo(MessageState.HELD);
				assertThat(waiting.recipients()).isEmpty();
				assertThat(waiting.lastReply()).contains("means nothing to this version");
			});
			assertThat(this.log.lines()).singleElement()
				.asString()
				.contains(new QueueId(1).toString(), "journal-0000000000000001.mq at 24", "is held");
			assertThat(queue.delete(new QueueId(1))).isTrue();
			assertThat(queue.counts().messages()).isEqualTo(1);
		}
	}

	@Test
	void theMessageIsCopiedAsItIsWhenItsSegmentIsGivenUp() throws IOException {
		byte[] unreadable = unreadable(message(1, part("example.com", 0)));
		write(unreadable, message(2, part("example.org", 0)));
		try (FileQueue queue = open()) {
			keepAndDeliver(queue, 250);
			assertThat(isFirstSegmentThere()).isFalse();
			assertThat(queue.list(QueueFilter.first(10))).extracting(QueuedMessage::id)
				.containsExactly(new QueueId(1), new QueueId(2));
			assertThat(Messages.content(queue.claim("example.org").orElseThrow())).isEqualTo("Subject: x\r\n\r\n");
		}
		assertThat(segments())
			.anySatisfy((octets) -> assertThat(octets).contains(new String(unreadable, StandardCharsets.ISO_8859_1)));
		try (FileQueue queue = open()) {
			assertThat(queue.counts().messages()).isEqualTo(2);
		}
	}

	/** Or a version that can read it sends it to everybody again. */
	@Test
	void whatHasBecomeOfTheMessageIsCopiedBehindIt() throws IOException {
		write(unreadable(message(1, part("done.example", 0), part("half.example", 1, 2), part("new.example", 3))),
				RecordCodec.encode(new Settled(1, 2000, "done.example", new int[] { 0 }, 0, 1, 0,
						List.of(new Attempt(Instant.ofEpochMilli(2000), "250 Fine")))),
				RecordCodec.encode(new Settled(1, 2000, "half.example", new int[] { 2 }, 0, 4, 3000,
						List.of(new Attempt(Instant.ofEpochMilli(2000), "450 Later")))));
		List<String> before;
		try (FileQueue queue = open()) {
			queue.hold(new QueueId(1));
			before = waiting(queue);
			assertThat(before).containsExactly("half.example 4 HELD", "new.example 0 HELD");
			keepAndDeliver(queue, 500);
			assertThat(isFirstSegmentThere()).isFalse();
			assertThat(waiting(queue)).isEqualTo(before);
		}
		try (FileQueue queue = open()) {
			assertThat(waiting(queue)).isEqualTo(before);
		}
	}

	private static List<String> waiting(FileQueue queue) throws IOException {
		return queue.find(new QueueId(1))
			.orElseThrow()
			.waiting()
			.stream()
			.map((waiting) -> waiting.destination() + " " + waiting.attempts() + " " + waiting.state())
			.toList();
	}

	@Test
	void aMessageWhoseContentHasAnotherSizeIsNotRead() throws IOException {
		byte[] whole = message(1, part("example.com", 0));
		write(Arrays.copyOf(whole, whole.length - 1));
		try (FileQueue queue = open()) {
			assertThat(queue.claim("example.com")).isEmpty();
			assertThat(queue.list(QueueFilter.first(10))).hasSize(1);
		}
	}

	@Test
	void aRecordOfAnUnknownKindStaysWhereItIsAndACopyIsSetAside() throws IOException {
		write(message(1, part("example.com", 0)), FROM_THE_FUTURE);
		Path content = this.directory.resolve("contents").resolve(new QueueId(77).toString());
		Directories.make(content.getParent());
		Files.write(content, new byte[10]);
		long size = Files.size(Recovery.segmentFiles(this.directory).get(0));
		open().close();
		assertThat(Recovery.segmentFiles(this.directory).get(0)).hasSize(size);
		assertThat(content).as("it may belong to what cannot be read").exists();
		try (Stream<Path> damaged = Files.list(this.directory.resolve("damaged"))) {
			assertThat(damaged).singleElement()
				.satisfies((file) -> assertThat(Files.readAllBytes(file)).endsWith(FROM_THE_FUTURE));
		}
		assertThat(this.log.lines()).singleElement().asString().contains("means nothing to this version");
	}

	@Test
	void theContentOfADamagedMessageIsSetAsideWithIt() throws IOException {
		QueueId id;
		try (FileQueue queue = open()) {
			id = queue.enqueue(Messages.message(new byte[60_000], null, "a@example.com")).toCompletableFuture().join();
		}
		try (FileChannel segment = FileChannel.open(Recovery.segmentFiles(this.directory).get(0),
				StandardOpenOption.WRITE)) {
			segment.write(ByteBuffer.wrap(new byte[] { 1 }), Segment.HEADER + Frame.SIZE + 20);
		}
		open().close();
		assertThat(this.directory.resolve("contents")).isEmptyDirectory();
		assertThat(this.directory.resolve("damaged").resolve(id.toString())).hasSize(60_000);
	}

	@Test
	void theCommandLineTellsOfItAndGoesOn() throws IOException {
		byte[] unreadable = unreadable(message(1, part("example.com", 0)));
		write(unreadable, message(2, part("example.com", 0)), FROM_THE_FUTURE);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		ByteArrayOutputStream complaints = new ByteArrayOutputStream();
		assertThat(run(out, complaints, "list", this.directory.toString())).isEqualTo(1);
		assertThat(out.toString(StandardCharsets.UTF_8)).contains(new QueueId(2).toString());
		assertThat(complaints.toString(StandardCharsets.UTF_8)).contains("Message " + new QueueId(1), "holds a record");
		Path target = this.directory.resolve("out");
		assertThat(run(out, complaints, "export", this.directory.toString(), target.toString())).isEqualTo(1);
		assertThat(target.resolve(new QueueId(1) + ".record")).hasBinaryContent(unreadable);
		assertThat(target.resolve(new QueueId(2) + ".eml")).hasBinaryContent(CONTENT);
	}

	private static int run(ByteArrayOutputStream out, ByteArrayOutputStream complaints, String... args) {
		return QueueFiles.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
				new PrintStream(complaints, true, StandardCharsets.UTF_8));
	}

}
