/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class ContentBufferTests {

	@TempDir
	Path directory;

	private final ExecutorService pool = Executors.newFixedThreadPool(2);

	@AfterEach
	void nothingIsLeft() throws InterruptedException {
		this.pool.shutdown();
		assertThat(this.pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.directory).isEmptyDirectory();
		assertThat(openFiles()).isEmpty();
	}

	/** What this process has open in the directory, also if it has no name any more. */
	private List<String> openFiles() {
		Path descriptors = Path.of("/proc/self/fd");
		List<String> open = new ArrayList<>();
		if (Files.isDirectory(descriptors)) {
			try (Stream<Path> links = Files.list(descriptors)) {
				for (Path link : links.toList()) {
					String target = target(link);
					if (target.startsWith(this.directory.toString() + "/")) {
						open.add(target);
					}
				}
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}
		return open;
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private ContentBuffer.Options options(int threshold) {
		return new ContentBuffer.Options(threshold, this.directory);
	}

	private static byte[] octets(int length, long seed) {
		byte[] octets = new byte[length];
		new Random(seed).nextBytes(octets);
		return octets;
	}

	private static Content content(ContentBuffer buffer) throws Exception {
		return buffer.finish().toCompletableFuture().get(10, TimeUnit.SECONDS);
	}

	private static byte[] read(Content content) throws IOException {
		try (InputStream in = content.openStream()) {
			return in.readAllBytes();
		}
	}

	@Test
	void aDirectoryThatIsMissingIsMadeForItsOwnerOnly() throws IOException {
		Path below = this.directory.resolve("not/there");
		new ContentBuffer.Options(0, below).prepareDirectory();
		assertThat(below).isEmptyDirectory();
		for (Path made : List.of(below, below.getParent())) {
			if (Files.getFileStore(made).supportsFileAttributeView("posix")) {
				assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
			}
			Files.delete(made);
		}
	}

	@Test
	void aDirectoryThatIsThereStaysAsItIs() throws IOException {
		new ContentBuffer.Options(0, this.directory).prepareDirectory();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void everySplitOfTwoAppendsGivesTheSameContent() throws Exception {
		byte[] octets = octets(64, 1);
		for (int threshold : new int[] { 0, 1, 31, 32, 33, 63, 64, 65 }) {
			for (int split = 0; split <= octets.length; split++) {
				ContentBuffer buffer = new ContentBuffer(options(threshold), Runnable::run, 0);
				buffer.append(ByteBuffer.wrap(octets, 0, split));
				buffer.append(ByteBuffer.wrap(octets, split, octets.length - split));
				Content content = content(buffer);
				assertThat(read(content)).as("threshold %d, split %d", threshold, split).isEqualTo(octets);
				assertThat(content.size()).isEqualTo(64);
				content.release();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 999, 1000, 1001 })
	void aFileIsUsedAboveTheThresholdOnly(int size) throws Exception {
		ContentBuffer buffer = new ContentBuffer(options(1000), this.pool, size);
		buffer.append(ByteBuffer.wrap(octets(size, 2)));
		Content content = content(buffer);
		assertThat(content).isInstanceOf((size > 1000) ? FileContent.class : MemoryContent.class);
		assertThat(read(content)).isEqualTo(octets(size, 2));
		content.release();
	}

	@ParameterizedTest
	@ValueSource(ints = { FileWriter.BLOCK - 1, FileWriter.BLOCK, FileWriter.BLOCK + 1, 2 * FileWriter.BLOCK,
			5 * FileWriter.BLOCK + 77 })
	void contentOfAnyNumberOfBlocksIsComplete(int size) throws Exception {
		ContentBuffer buffer = new ContentBuffer(options(0), this.pool, 0);
		buffer.append(ByteBuffer.wrap(octets(size, 3)));
		Content content = content(buffer);
		assertThat(content.size()).isEqualTo(size);
		assertThat(read(content)).isEqualTo(octets(size, 3));
		content.release();
	}

	@Test
	void randomAppendsReadInRandomWaysGiveTheSameContent() throws Exception {
		long seed = new Random().nextLong();
		System.out.println("ContentBufferTests seed: " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < 60; round++) {
			byte[] octets = octets(random.nextInt(3 * FileWriter.BLOCK), random.nextLong());
			ContentBuffer buffer = new ContentBuffer(options(random.nextInt(2 * octets.length + 1)), this.pool,
					random.nextInt(100_000));
			append(buffer, octets, random);
			Content content = content(buffer);
			assertThat(readOddly(content, random)).as("seed %d, round %d", seed, round).isEqualTo(octets);
			content.release();
		}
	}

	private static void append(ContentBuffer buffer, byte[] octets, Random random) {
		for (int at = 0; at < octets.length;) {
			int length = Math.min(octets.length - at, 1 + random.nextInt(40_000));
			ByteBuffer piece = random.nextBoolean() ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
			piece.put(octets, at, length).flip();
			buffer.append(piece);
			assertThat(piece.hasRemaining()).isFalse();
			// The caller uses its buffer again.
			piece.clear();
			while (piece.hasRemaining()) {
				piece.put((byte) 'X');
			}
			at += length;
		}
	}

	private static byte[] readOddly(Content content, Random random) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (InputStream in = content.openStream()) {
			while (true) {
				assertThat(in.available()).isEqualTo((int) content.size() - out.size());
				if (random.nextInt(20) == 0) {
					in.transferTo(out);
					assertThat(in.read()).isEqualTo(-1);
					return out.toByteArray();
				}
				byte[] piece = new byte[1 + random.nextInt(20_000)];
				int count = random.nextBoolean() ? in.read(piece) : in.read(piece, 0, 1);
				if (count < 0) {
					return out.toByteArray();
				}
				out.write(piece, 0, count);
			}
		}
	}

	@Test
	void skippingReadsOn() throws Exception {
		byte[] octets = octets(100_000, 4);
		ContentBuffer buffer = new ContentBuffer(options(10), this.pool, 0);
		buffer.append(ByteBuffer.wrap(octets));
		Content content = content(buffer);
		try (InputStream in = content.openStream()) {
			assertThat(in.read()).isEqualTo(octets[0] & 0xff);
			assertThat(in.skip(50_000)).isEqualTo(50_000);
			assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(octets, 50_001, 100_000));
			assertThat(in.skip(1)).isZero();
		}
		content.release();
	}

	@Test
	void contentInMemoryIsThereAtOnceAndOnTheCallersThread() {
		Executor nobody = (task) -> {
			throw new AssertionError("not needed");
		};
		ContentBuffer buffer = new ContentBuffer(options(1000), nobody, 10);
		buffer.append(ByteBuffer.wrap(octets(1000, 5)));
		assertThat(buffer.isBehind()).isFalse();
		assertThat(buffer.whenReady().toCompletableFuture()).isCompleted();
		assertThat(buffer.finish().toCompletableFuture()).isCompleted();
		assertThat(buffer.size()).isEqualTo(1000);
	}

	@Test
	void nothingIsWrittenByTheCallerAndItIsToldToWait() throws Exception {
		ManualExecutor io = new ManualExecutor();
		ContentBuffer buffer = new ContentBuffer(options(0), io, 0);
		int enough = FileWriter.MAX_UNWRITTEN * FileWriter.BLOCK;
		byte[] octets = octets(2 * enough + 5, 6);
		buffer.append(ByteBuffer.wrap(octets, 0, enough - 1));
		assertThat(buffer.isBehind()).isFalse();
		buffer.append(ByteBuffer.wrap(octets, enough - 1, 1));
		assertThat(buffer.isBehind()).isTrue();
		CompletableFuture<Void> ready = buffer.whenReady().toCompletableFuture();
		assertThat(ready).isNotDone();
		// What was on its way is taken nevertheless.
		buffer.append(ByteBuffer.wrap(octets, enough, enough + 5));
		assertThat(openFiles()).isEmpty();
		assertThat(io.tasks).hasSize(1);
		io.run();
		assertThat(ready).isCompleted();
		assertThat(buffer.isBehind()).isFalse();
		CompletableFuture<Content> finished = buffer.finish().toCompletableFuture();
		assertThat(finished).isNotDone();
		io.run();
		assertThat(read(finished.get())).isEqualTo(octets);
		finished.get().release();
		io.run();
	}

	@Test
	void clientsThatSendSlowlyHoldLittleMemory() throws Exception {
		int clients = 100;
		byte[] octets = octets(FileWriter.BLOCK * 5 + 1, 20);
		List<ContentBuffer> buffers = new ArrayList<>();
		long before = usedMemory();
		for (int i = 0; i < clients; i++) {
			ContentBuffer buffer = new ContentBuffer(options(1000), Runnable::run, 0);
			buffer.append(ByteBuffer.wrap(octets));
			buffers.add(buffer);
		}
		long each = (usedMemory() - before) / clients;
		buffers.forEach(ContentBuffer::discard);
		assertThat(each).as("octets of memory for each client").isLessThan(100 * 1024);
	}

	private static long usedMemory() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void theFileHasNoNameWhileItIsInUse() throws Exception {
		ContentBuffer buffer = new ContentBuffer(options(0), this.pool, 0);
		buffer.append(ByteBuffer.wrap(octets(1000, 7)));
		Content content = content(buffer);
		assertThat(openFiles()).hasSize(1);
		assertThat(this.directory).isEmptyDirectory();
		content.release();
		await().until(() -> openFiles().isEmpty());
	}

	@Test
	void releasedContentCannotBeOpenedNorReadOn() throws Exception {
		for (int threshold : new int[] { 10, 100_000 }) {
			ContentBuffer buffer = new ContentBuffer(options(threshold), Runnable::run, 0);
			buffer.append(ByteBuffer.wrap(octets(50_000, 8)));
			Content content = content(buffer);
			InputStream in = content.openStream();
			content.release();
			content.release();
			assertThatIOException().isThrownBy(content::openStream).withMessageContaining("released");
			if (threshold == 10) {
				assertThatIOException().isThrownBy(in::readAllBytes).withMessageContaining("released");
			}
		}
	}

	@Test
	void anInterruptedReaderDoesNotBreakOthers() throws Exception {
		byte[] octets = octets(300_000, 9);
		ContentBuffer buffer = new ContentBuffer(options(0), this.pool, 0);
		buffer.append(ByteBuffer.wrap(octets));
		Content content = content(buffer);
		AtomicReference<byte[]> seen = new AtomicReference<>();
		Thread reader = new Thread(() -> {
			Thread.currentThread().interrupt();
			try {
				seen.set(read(content));
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		});
		reader.start();
		reader.join();
		assertThat(seen.get()).isEqualTo(octets);
		assertThat(read(content)).isEqualTo(octets);
		content.release();
	}

	@Test
	void severalReadersDoNotDisturbEachOther() throws Exception {
		byte[] octets = octets(1_000_000, 10);
		ContentBuffer buffer = new ContentBuffer(options(0), this.pool, 0);
		buffer.append(ByteBuffer.wrap(octets));
		Content content = content(buffer);
		List<CompletableFuture<byte[]>> readers = new ArrayList<>();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		for (int i = 0; i < 8; i++) {
			Random random = new Random(i);
			readers.add(CompletableFuture.supplyAsync(() -> {
				try {
					return readOddly(content, random);
				}
				catch (IOException ex) {
					throw new AssertionError(ex);
				}
			}, threads));
		}
		for (CompletableFuture<byte[]> reader : readers) {
			assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo(octets);
		}
		threads.shutdown();
		content.release();
	}

	@Test
	void aMissingDirectoryFailsTheFinishAndNotTheAppend() {
		ContentBuffer buffer = new ContentBuffer(
				new ContentBuffer.Options(10, this.directory.resolve("does-not-exist")), Runnable::run, 0);
		for (int i = 0; i < 20; i++) {
			buffer.append(ByteBuffer.wrap(octets(100_000, 11)));
			assertThat(buffer.isBehind()).isFalse();
		}
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> content(buffer))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void anExecutorThatRejectsFailsTheFinish() {
		Executor stopped = (task) -> {
			throw new RejectedExecutionException("stopped");
		};
		ContentBuffer buffer = new ContentBuffer(options(10), stopped, 0);
		buffer.append(ByteBuffer.wrap(octets(3 * FileWriter.BLOCK, 12)));
		assertThat(buffer.isBehind()).isFalse();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> content(buffer))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void anExecutorThatStopsHalfwayLeavesNoFile() throws Exception {
		ManualExecutor io = new ManualExecutor();
		ContentBuffer buffer = new ContentBuffer(options(10), io, 0);
		buffer.append(ByteBuffer.wrap(octets(FileWriter.BLOCK, 13)));
		io.run();
		io.rejecting = true;
		buffer.append(ByteBuffer.wrap(octets(FileWriter.BLOCK, 13)));
		assertThat(buffer.whenReady().toCompletableFuture()).isCompleted();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> content(buffer))
			.withCauseInstanceOf(IOException.class);
		assertThat(openFiles()).isEmpty();
	}

	@Test
	void aWaitingCallerIsWokenWhenWritingFails() {
		ManualExecutor io = new ManualExecutor();
		ContentBuffer buffer = new ContentBuffer(new ContentBuffer.Options(0, this.directory.resolve("does-not-exist")),
				io, 0);
		buffer.append(ByteBuffer.wrap(octets(FileWriter.MAX_UNWRITTEN * FileWriter.BLOCK, 14)));
		CompletableFuture<Void> ready = buffer.whenReady().toCompletableFuture();
		assertThat(ready).isNotDone();
		io.run();
		assertThat(ready).isCompleted();
	}

	@Test
	void discardInEachPhaseLeavesNothing() throws Exception {
		for (int phase = 0; phase <= 5; phase++) {
			ManualExecutor io = new ManualExecutor();
			ContentBuffer buffer = new ContentBuffer(options(10), io, 0);
			CompletableFuture<Content> finished = null;
			if (phase >= 1) {
				buffer.append(ByteBuffer.wrap(octets(5, 15)));
			}
			if (phase >= 2) {
				buffer.append(ByteBuffer.wrap(octets(3 * FileWriter.BLOCK + 1, 15)));
			}
			if (phase >= 3) {
				io.run();
			}
			if (phase >= 4) {
				finished = buffer.finish().toCompletableFuture();
			}
			if (phase >= 5) {
				io.run();
				assertThat(finished).isCompleted();
			}
			buffer.discard();
			buffer.discard();
			buffer.append(ByteBuffer.wrap(octets(3 * FileWriter.BLOCK + 1, 15)));
			assertThat(buffer.isBehind()).isFalse();
			io.run();
			assertThat(openFiles()).as("phase %d", phase).isEmpty();
			if (phase == 4) {
				assertThat(finished).isCompletedExceptionally();
			}
			if (phase == 5) {
				Content content = finished.get();
				assertThatIOException().isThrownBy(content::openStream);
			}
		}
	}

	@Test
	void discardDuringAWriteRemovesTheFile() throws Exception {
		for (int round = 0; round < 200; round++) {
			ContentBuffer buffer = new ContentBuffer(options(10), this.pool, 0);
			buffer.append(ByteBuffer.wrap(octets(FileWriter.BLOCK + 1, round)));
			if (round % 2 == 0) {
				buffer.finish();
			}
			buffer.discard();
		}
		// The rest is looked at when the pool has come to an end.
	}

	@Test
	void aCountingBufferKeepsNothing() throws Exception {
		ContentBuffer buffer = ContentBuffer.counting();
		ByteBuffer octets = ByteBuffer.allocateDirect(1_000_000);
		buffer.append(octets);
		assertThat(octets.hasRemaining()).isFalse();
		assertThat(buffer.isBehind()).isFalse();
		Content content = content(buffer);
		assertThat(content.size()).isEqualTo(1_000_000);
		assertThatIOException().isThrownBy(content::openStream).withMessageContaining("not kept");
		content.release();
		buffer.discard();
	}

	@Test
	void aNegativeThresholdIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> options(-1));
	}

	/** Runs tasks when the test says so. */
	private static final class ManualExecutor implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private boolean rejecting;

		@Override
		public void execute(Runnable task) {
			if (this.rejecting) {
				throw new RejectedExecutionException("stopped");
			}
			this.tasks.add(task);
		}

		void run() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

	}

}
