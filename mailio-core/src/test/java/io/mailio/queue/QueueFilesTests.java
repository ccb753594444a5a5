/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** {@link QueueFiles} on the command line. */
class QueueFilesTests {

	@TempDir
	private Path directory;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

	private int run(String... args) {
		this.out.reset();
		return QueueFiles.run(args, new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.complaints, true, StandardCharsets.UTF_8));
	}

	private Path queue() {
		return this.directory.resolve("queue");
	}

	private FileQueue open() throws IOException {
		return FileQueue.open(new FileQueueOptions(queue(), 1024 * 1024, 50_000, 0));
	}

	private static QueueId keep(FileQueue queue, String content, String... recipients) {
		return queue.enqueue(Messages.message(content, recipients)).toCompletableFuture().join();
	}

	@Test
	void listsWhatWaitsAlsoWhileTheQueueIsOpen() throws IOException {
		try (FileQueue queue = open()) {
			QueueId gone = keep(queue, "gone", "a@example.com");
			Claim claim = queue.claim("example.com").orElseThrow();
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null).toCompletableFuture().join();
			QueueId waits = keep(queue, "waits", "b@example.com", "c@example.org");
			claim = queue.claim("example.com").orElseThrow();
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DEFERRED), Instant.parse("2100-01-01T00:00:00Z"))
				.toCompletableFuture()
				.join();
			queue.hold(waits);
			assertThat(run("list", queue().toString())).isZero();
			assertThat(this.out.toString(StandardCharsets.UTF_8)).doesNotContain(gone.toString())
				.contains(waits + " 2", " 5 octets from <\"odd one\"@client.example>\n",
						"    example.com held, attempts 1, next 2100-01-01T00:00:00Z: <b@example.com>\n", "4.2.0 Later",
						"    example.org held, attempts 0", "<c@example.org>");
		}
		assertThat(this.complaints.size()).isZero();
	}

	@Test
	void exportsContentAndEnvelope() throws IOException {
		QueueId small;
		QueueId large;
		try (FileQueue queue = open()) {
			small = keep(queue, "Subject: a\r\n\r\nb\r\n", "b@example.com");
			large = keep(queue, "x".repeat(60_000), "c@example.com");
		}
		Path target = this.directory.resolve("out");
		assertThat(run("export", queue().toString(), target.toString())).isZero();
		assertThat(Files.readString(target.resolve(small + ".eml"))).isEqualTo("Subject: a\r\n\r\nb\r\n");
		assertThat(Files.readString(target.resolve(small + ".envelope"))).isEqualTo(
				"MAIL FROM:<\"odd one\"@client.example> RET=HDRS ENVID=a+20b\nRCPT TO:<b@example.com> NOTIFY=FAILURE\n");
		assertThat(target.resolve(large + ".eml")).hasSize(60_000);
		Path one = this.directory.resolve("one");
		assertThat(run("export", queue().toString(), one.toString(), large.toString())).isZero();
		assertThat(one.resolve(large + ".eml")).exists();
		assertThat(one.resolve(small + ".eml")).doesNotExist();
	}

	@Test
	void whatIsExportedBelongsToItsOwnerAlone() throws IOException {
		assumeThat(this.directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
		try (FileQueue queue = open()) {
			keep(queue, "x", "b@example.com");
		}
		Path target = this.directory.resolve("out");
		run("export", queue().toString(), target.toString());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target))).isEqualTo("rwx------");
		try (Stream<Path> files = Files.list(target)) {
			assertThat(files).hasSize(2)
				.allSatisfy((file) -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
					.isEqualTo("rw-------"));
		}
	}

	@Test
	void saysThatAMessageIsNotThere() throws IOException {
		QueueId waits;
		try (FileQueue queue = open()) {
			waits = keep(queue, "x", "b@example.com");
		}
		Path target = this.directory.resolve("out");
		assertThat(run("export", queue().toString(), target.toString(), "xyz", waits.toString())).isOne();
		assertThat(this.complaints.toString(StandardCharsets.UTF_8))
			.isEqualToNormalizingNewlines("There is no message xyz in the queue\n");
		assertThat(target.resolve(waits + ".eml")).exists();
	}

	@Test
	void listsSuspendedDestinations() throws IOException {
		try (FileQueue queue = open()) {
			queue.suspend("b.example");
			queue.suspend("[a.example]:25");
			queue.suspend("c.example");
			queue.resume("c.example");
		}
		assertThat(run("list", queue().toString())).isZero();
		assertThat(this.out.toString(StandardCharsets.UTF_8))
			.isEqualToNormalizingNewlines("suspended: [a.example]:25\nsuspended: b.example\n");
	}

	@Test
	void saysThatADirectoryHoldsNoQueue() throws IOException {
		assertThat(run("list", this.directory.toString())).isEqualTo(2);
		assertThat(this.complaints.toString(StandardCharsets.UTF_8)).contains(this.directory + " holds no queue");
		open().close();
		assertThat(run("list", queue().toString())).isZero();
	}

	@Test
	void tellsOfDamageAndLeavesIt() throws IOException {
		try (FileQueue queue = open()) {
			keep(queue, "x", "b@example.com");
		}
		Path segment = Recovery.segmentFiles(queue()).get(0);
		Files.write(segment, new byte[] { 1, 2, 3 }, StandardOpenOption.APPEND);
		long size = Files.size(segment);
		assertThat(run("list", queue().toString())).isZero();
		assertThat(this.complaints.toString(StandardCharsets.UTF_8)).contains("is damaged from octet " + (size - 3));
		assertThat(segment).hasSize(size);
	}

	@Test
	void saysHowItIsUsed() {
		assertThat(run()).isEqualTo(2);
		assertThat(run("list", this.directory.resolve("nowhere").toString())).isEqualTo(2);
		assertThat(this.complaints.toString(StandardCharsets.UTF_8)).contains("usage:", "is no directory");
	}

}
