/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The files of a {@link FileQueue}. */
class FileQueueFilesTests {

	private static final int MEBIBYTE = 1024 * 1024;

	@TempDir
	private Path directory;

	private FileQueue open() throws IOException {
		return FileQueue.open(new FileQueueOptions(this.directory.resolve("queue"), MEBIBYTE, 50_000, 0));
	}

	private static QueueId keep(FileQueue queue, int size, String... recipients) {
		return queue.enqueue(Messages.message(new byte[size], null, recipients)).toCompletableFuture().join();
	}

	private static void deliver(FileQueue queue, String destination) throws IOException {
		Claim claim = queue.claim(destination).orElseThrow();
		queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null).toCompletableFuture().join();
	}

	private long octetsOnDisk() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory)) {
			return files.filter(Files::isRegularFile).mapToLong((file) -> file.toFile().length()).sum();
		}
	}

	@Test
	void aSecondQueueInTheDirectoryIsRefused() throws IOException {
		try (FileQueue queue = open()) {
			assertThatExceptionOfType(QueueInUseException.class).isThrownBy(this::open)
				.withMessageContaining("is in use")
				.withMessageContaining(this.directory.toString());
		}
		open().close();
	}

	@Test
	void aSecondProcessIsRefused() throws Exception {
		try (FileQueue queue = open()) {
			Process other = QueueProcess.start("open", this.directory.resolve("queue"), 0);
			String said = new String(other.getInputStream().readAllBytes());
			assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(said).contains("QueueInUseException").contains("is in use");
		}
	}

	@Test
	void theDirectoryBelongsToItsOwnerAlone() throws IOException {
		open().close();
		assumeThat(this.directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
		assertThat(Files.getPosixFilePermissions(this.directory.resolve("queue"))).extracting(Enum::name)
			.containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE", "OWNER_EXECUTE");
	}

	@Test
	void filesBelongToTheirOwnerAloneAlsoWhereTheDirectoryWasThere() throws IOException {
		assumeThat(this.directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
		Path queue = Files.createDirectory(this.directory.resolve("queue"));
		try (FileQueue open = open()) {
			keep(open, 60_000, "a@example.com");
			keep(open, 10, "b@example.com");
		}
		Files.write(Recovery.segmentFiles(queue).get(0), new byte[] { 1, 2, 3 }, StandardOpenOption.APPEND);
		open().close();
		try (Stream<Path> files = Files.walk(queue)) {
			assertThat(files.filter(Files::isRegularFile)).hasSizeGreaterThanOrEqualTo(4)
				.anySatisfy((file) -> assertThat(file.getParent()).hasFileName("damaged"))
				.anySatisfy((file) -> assertThat(file.getParent()).hasFileName("contents"))
				.allSatisfy((file) -> assertThat(Files.getPosixFilePermissions(file)).as(file.toString())
					.containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
		}
	}

	@Test
	void contentsInFilesGoWithTheirMessages() throws IOException {
		Path contents = this.directory.resolve("queue/contents");
		try (FileQueue queue = open()) {
			QueueId delivered = keep(queue, 60_000, "a@example.com", "b@example.org");
			QueueId deleted = keep(queue, 60_000, "c@example.net");
			assertThat(contents.resolve(delivered.toString())).hasSize(60_000);
			assertThat(contents.resolve(deleted.toString())).exists();
			deliver(queue, "example.com");
			assertThat(contents.resolve(delivered.toString())).exists();
			deliver(queue, "example.org");
			queue.delete(deleted);
			assertThat(contents).isEmptyDirectory();
			keep(queue, 60_000, "a@example.com");
		}
		Files.write(contents.resolve("left"), new byte[1]);
		Files.write(contents.resolve("abc"), new byte[1]);
		try (FileQueue queue = open()) {
			assertThat(contents).isDirectoryNotContaining("glob:**/left").isDirectoryNotContaining("glob:**/abc");
			deliver(queue, "example.com");
			assertThat(contents).isEmptyDirectory();
		}
	}

	@Test
	void thinSegmentsAreGivenUpWhileOldMessagesWait() throws IOException {
		try (FileQueue queue = open()) {
			QueueId patient = queue
				.enqueue(Messages.message(new byte[3000], Instant.now().plusSeconds(86400), "p@patient.example",
						"q@other.example"))
				.toCompletableFuture()
				.join();
			queue.retryNow(patient);
			Claim claim = queue.claim("other.example").orElseThrow();
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DEFERRED), Instant.EPOCH).toCompletableFuture().join();
			claim = queue.claim("other.example").orElseThrow();
			queue.settle(claim, Messages.all(claim, Outcome.Kind.DEFERRED), Instant.now().plusSeconds(86400))
				.toCompletableFuture()
				.join();
			List<Attempt> history = queue.find(patient).orElseThrow().waiting().get(1).history();
			assertThat(history).hasSize(2);
			for (int i = 0; i < 1000; i++) {
				keep(queue, 20_000, "a@example.com");
				deliver(queue, "example.com");
			}
			assertThat(octetsOnDisk()).isLessThan(6 * MEBIBYTE);
			QueuedMessage moved = queue.find(patient).orElseThrow();
			assertThat(moved.waiting()).hasSize(2);
			assertThat(moved.waiting().get(1).history()).isEqualTo(history);
			assertThat(moved.waiting().get(1).attempts()).isEqualTo(2);
			assertThat(Messages.content(queue.claim("patient.example").orElseThrow())).hasSize(3000);
		}
		try (FileQueue queue = open()) {
			assertThat(queue.counts().messages()).isEqualTo(1);
			QueuedMessage kept = queue.list(QueueFilter.first(1)).get(0);
			assertThat(kept.waiting().get(1).lastReply()).contains("Later");
			assertThat(kept.waiting().get(1).history()).hasSize(2);
		}
	}

	@Test
	void aClaimCanBeReadThoughItsSegmentIsGivenUp() throws IOException {
		try (FileQueue queue = open()) {
			QueueId id = queue.enqueue(Messages.message("slow", "s@slow.example")).toCompletableFuture().join();
			Claim slow = queue.claim("slow.example").orElseThrow();
			for (int i = 0; i < 500; i++) {
				keep(queue, 20_000, "a@example.com");
				deliver(queue, "example.com");
			}
			assertThat(Recovery.segmentFiles(this.directory.resolve("queue")).get(0).toString())
				.doesNotEndWith("0001.mq");
			assertThat(Messages.content(slow)).isEqualTo("slow");
			queue.settle(slow, Messages.all(slow, Outcome.Kind.DEFERRED), Instant.EPOCH).toCompletableFuture().join();
			assertThat(queue.find(id)).isPresent();
			assertThat(Messages.content(queue.claim("slow.example").orElseThrow())).isEqualTo("slow");
		}
	}

	@Test
	void aQueueThatIsOpenedAgainAndAgainDoesNotGrow() throws IOException {
		for (int i = 0; i < 20; i++) {
			try (FileQueue queue = open()) {
				keep(queue, 100, "a@example.com");
				deliver(queue, "example.com");
			}
		}
		assertThat(Recovery.segmentFiles(this.directory.resolve("queue"))).hasSizeLessThan(5);
	}

	@Test
	void messagesAreRefusedWhileTheDiskIsNearlyFull() throws IOException {
		FileQueueOptions options = new FileQueueOptions(this.directory, MEBIBYTE, 50_000, Long.MAX_VALUE / 2);
		try (FileQueue queue = FileQueue.open(options)) {
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> keep(queue, 1, "a@example.com"))
				.withCauseInstanceOf(QueueFullException.class);
		}
	}

	/** It makes the room that others wait for. */
	@Test
	void theJournalNeverWaitsForItself() throws Exception {
		int size = 4 * MEBIBYTE;
		FileQueue queue = FileQueue.open(new FileQueueOptions(this.directory, 64 * MEBIBYTE, size, 0));
		QueueId waiting = keep(queue, 1, "w@waiting.example");
		List<CompletableFuture<QueueId>> filling = new CopyOnWriteArrayList<>();
		Thread filler = new Thread(() -> {
			for (int i = 0; i < 20; i++) {
				filling.add(enqueue(queue, size));
			}
		});
		CompletableFuture<CompletableFuture<QueueId>> inside = new CompletableFuture<>();
		assertThat(queue.ready()).containsExactly("waiting.example");
		assertThat(queue.nextReady()).isEmpty();
		queue.onReady(() -> {
			filler.start();
			Awaitility.await().until(() -> filler.getState() == Thread.State.WAITING && filling.size() > 10);
			queue.hold(waiting);
			queue.delete(waiting);
			inside.complete(enqueue(queue, size));
		});
		enqueue(queue, 1);
		inside.get(60, TimeUnit.SECONDS).get(60, TimeUnit.SECONDS);
		filler.join();
		for (CompletableFuture<QueueId> one : filling) {
			one.get(60, TimeUnit.SECONDS);
		}
		assertThat(queue.counts().messages()).isEqualTo(22);
		queue.close();
	}

	private static CompletableFuture<QueueId> enqueue(FileQueue queue, int size) {
		return queue.enqueue(Messages.message(new byte[size], null, "a@example.com")).toCompletableFuture();
	}

	@Test
	void roomThatAContentInAFileTakesIsCounted() throws IOException {
		long free = Files.getFileStore(this.directory).getUsableSpace();
		FileQueueOptions options = new FileQueueOptions(this.directory, MEBIBYTE, 50_000, free / 2);
		try (FileQueue queue = FileQueue.open(options)) {
			NewMessage small = Messages.message("x", "a@example.com");
			NewMessage large = new NewMessage(small.from(), small.parameters(), small.recipients(), new Unread(free),
					null);
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> queue.enqueue(large).toCompletableFuture().join())
				.withCauseInstanceOf(QueueFullException.class);
			queue.enqueue(small).toCompletableFuture().join();
			keep(queue, 60_000, "a@example.com");
			assertThat(queue.counts().octets()).isEqualTo(60_001);
		}
	}

	/** Nobody gets as far as to read it. */
	private record Unread(long size) implements NewMessage.Source {

		@Override
		public InputStream openStream() throws IOException {
			throw new IOException("There are not so many octets");
		}

	}

	/** On a disk of a few megabytes of its own, where somebody may mount one. */
	@ParameterizedTest
	@ValueSource(ints = { 5_000, 60_000 })
	void aFullDiskRefusesMessagesAndLosesNoneAndTheQueueRecovers(int size) throws Exception {
		Path disk = Files.createDirectory(this.directory.resolve("disk"));
		assumeThat(run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString())).isZero();
		try {
			Path filler = disk.resolve("filler");
			FileQueueOptions options = new FileQueueOptions(disk.resolve("queue"), MEBIBYTE, 50_000, 0);
			List<QueueId> kept = new ArrayList<>();
			try (FileQueue queue = FileQueue.open(options)) {
				Files.write(filler, new byte[2 * MEBIBYTE]);
				assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> {
					for (int i = 0; i < 1000; i++) {
						kept.add(keep(queue, size, "a@example.com"));
					}
				}).withCauseInstanceOf(QueueFullException.class);
				assertThat(kept).isNotEmpty();
				Claim claim = queue.claim("example.com").orElseThrow();
				queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null);
				kept.remove(claim.id());
				Files.delete(filler);
				kept.add(keep(queue, size, "a@example.com"));
			}
			try (FileQueue queue = FileQueue.open(options)) {
				assertThat(queue.list(QueueFilter.first(1000))).extracting(QueuedMessage::id)
					.containsExactlyElementsOf(kept);
			}
		}
		finally {
			assertThat(run("umount", disk.toString())).isZero();
		}
	}

	private static int run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getInputStream().readAllBytes();
		return process.waitFor();
	}

	@Test
	void aClosedQueueDoesNothing() throws IOException {
		FileQueue queue = open();
		QueueId id = keep(queue, 1, "a@example.com");
		queue.close();
		queue.close();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> keep(queue, 1, "a@example.com"))
			.withCauseInstanceOf(IOException.class);
		assertThatIllegalStateException().isThrownBy(() -> queue.claim("example.com"));
		assertThatIllegalStateException().isThrownBy(() -> queue.find(id));
	}

}
